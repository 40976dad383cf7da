package io.millrace.perf.compare;

/**
 * One load on one contestant.
 *
 * @param scenario the load
 * @param contestant who gets it
 * @param pace how long it goes on
 */
record Step(Scenario scenario, Contestant contestant, Pace pace) {}
