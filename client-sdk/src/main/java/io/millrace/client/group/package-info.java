/**
 * Consumer groups: members that share the partitions of topics. {@link
 * io.millrace.client.group.GroupSubscriber} is polled; a {@link
 * io.millrace.client.group.RecordHandler} is called.
 */
package io.millrace.client.group;
