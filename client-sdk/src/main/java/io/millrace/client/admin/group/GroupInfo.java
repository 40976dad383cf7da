package io.millrace.client.admin.group;

/**
 * A group.
 *
 * @param name its name
 * @param groupId its id, never reused
 * @param mode how its members share the records
 * @param shard the shard that it lives on
 * @param coordinatorNode the node id of its coordinator; 0: none at the moment
 */
public record GroupInfo(
        String name, long groupId, GroupMode mode, int shard, int coordinatorNode) {}
