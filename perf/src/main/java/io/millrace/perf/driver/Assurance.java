package io.millrace.perf.driver;

/**
 * What acknowledgements of a topic were found to stand for.
 *
 * @param durability the class
 * @param evidence how it was found out, one sentence
 */
public record Assurance(Durability durability, String evidence) {}
