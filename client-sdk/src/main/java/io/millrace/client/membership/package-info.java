/**
 * Being a member of a group, whatever its mode: joining, heartbeats, what the coordinator says, and
 * leaving. Internal: group subscribers and queue receivers are built on it.
 */
package io.millrace.client.membership;
