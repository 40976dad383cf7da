/**
 * What a record may cost: memory allocated, forces, system calls, threads. Counted, not timed, so
 * that the budgets are the same on every machine.
 */
package io.millrace.tests.costs;
