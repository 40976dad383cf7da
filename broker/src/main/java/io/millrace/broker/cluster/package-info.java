/** What this broker knows of the cluster: its shards here, who leads what, and how everybody is. */
package io.millrace.broker.cluster;
