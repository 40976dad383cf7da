/** What is sent: how much, how fast, and the bytes of each record. Nothing here does IO. */
package io.millrace.perf.workload;
