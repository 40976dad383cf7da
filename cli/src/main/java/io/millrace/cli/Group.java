package io.millrace.cli;

/** A word that only leads to verbs, such as topic. Called alone it shows them. */
public interface Group {}
