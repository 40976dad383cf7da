/**
 * Consumer groups: what is replicated of them, and the rules by which it changes.
 *
 * <p>Everything here is a value or a pure function of values: {@link
 * io.millrace.broker.group.GroupTable} is what one shard knows of its groups, and each {@link
 * io.millrace.broker.group.GroupCommand} makes another from it, the same on every replica. There is
 * no thread, no clock and no input or output; time comes with the commands. A checkpoint is a
 * reference, and any thread may read any table or group that it was handed.
 *
 * <p>{@link io.millrace.broker.group.GroupLeases} and {@link
 * io.millrace.broker.group.RevocationClock} are what only the leader of the shard knows: who has
 * been silent, and who takes long to give something up.
 */
package io.millrace.broker.group;
