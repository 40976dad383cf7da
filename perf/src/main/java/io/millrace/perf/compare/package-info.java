/** {@code millrace bench compare}: the same loads on Millrace and on Kafka, on the same machine. */
package io.millrace.perf.compare;
