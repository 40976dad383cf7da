/** The load: threads that publish and receive through a driver, and the process that runs them. */
package io.millrace.perf.load;
