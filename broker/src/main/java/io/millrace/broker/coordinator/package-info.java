/**
 * What the leader of a group's shard does for the group: hears its members, keeps their leases,
 * orders what they change, and tells them what to hold.
 */
package io.millrace.broker.coordinator;
