/** What processes and the machine have spent, as Linux tells it under {@code /proc}. */
package io.millrace.perf.host;
