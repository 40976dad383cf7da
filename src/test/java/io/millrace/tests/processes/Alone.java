package io.millrace.tests.processes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Tests that measure time: no other class of this module runs meanwhile; see Neighbours. Their
 * names follow each other, because each that waits for a neighbour to be through keeps a process
 * idle.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Alone {}
