/** The verbs of {@code millrace bench} against a real broker. */
package io.millrace.tests.benchmarks;
