/** Clusters of broker processes on this machine that live as long as a measurement. */
package io.millrace.perf.compare.cluster;
