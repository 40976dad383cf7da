/** Clusters of real processes, what can happen to them, and what must be true all the same. */
package io.millrace.tests.cluster;
