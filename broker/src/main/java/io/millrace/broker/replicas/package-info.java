/**
 * Brings what this broker holds and leads in line with the cluster map: makes, starts, stops and
 * discards its replicas, changes the members of the shards that it leads, and hands leaderships to
 * whom the map prefers.
 */
package io.millrace.broker.replicas;
