/** Runs the examples, so that they stay true. */
package io.millrace.tests.examples;
