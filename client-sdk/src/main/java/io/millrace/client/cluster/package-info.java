/**
 * How the SDK finds brokers: channels, the cluster map and who leads what. Internal: not part of
 * the SDK's API, may change at any time.
 */
package io.millrace.client.cluster;
