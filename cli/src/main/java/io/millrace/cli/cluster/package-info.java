/** The verbs that show how the cluster is. */
package io.millrace.cli.cluster;
