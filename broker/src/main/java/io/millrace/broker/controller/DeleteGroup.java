package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.List;

/**
 * Deletes a group: its name is free at once, what it has done goes as soon as its shards hear of
 * it. Whether it has members is for its coordinator to say, before.
 *
 * @param name the group's name
 * @param groupId the group's id, so that another group of the same name is left alone; 0: any
 */
public record DeleteGroup(String name, long groupId) implements ControllerCommand<GroupImage> {

    @Override
    public CommandKind kind() {
        return CommandKind.DELETE_GROUP;
    }

    @Override
    public Transition<GroupImage> applyTo(ControllerState state) {
        GroupImage group = state.requireGroup(name);
        if (groupId != 0 && groupId != group.groupId()) {
            throw ControllerState.unknownGroup(name);
        }
        ClusterImage image = state.image();
        List<Integer> shards =
                group.queue()
                        ? image.dataShards().stream().map(ShardImage::shard).toList()
                        : List.of(group.shard());
        return new Transition<>(
                state.withImage(image.withGroups(image.groups().without(group, shards))), group);
    }

    @Override
    public void encode(WireWriter out) {
        out.text(name);
        out.int64(groupId);
    }

    static DeleteGroup decode(WireReader in) throws MalformedException {
        return new DeleteGroup(in.text(), in.int64());
    }

    @Override
    public void encodeValue(GroupImage value, WireWriter out) {
        value.encode(out);
    }

    @Override
    public GroupImage decodeValue(WireReader in) throws MalformedException {
        return GroupImage.decode(in);
    }
}
