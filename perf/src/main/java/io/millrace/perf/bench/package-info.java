/** The verbs of {@code millrace bench} and the threads that publish and receive. */
package io.millrace.perf.bench;
