package io.millrace.broker.group;

import io.millrace.broker.config.ConfigException;
import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.group.GroupCommand.CommitOffsets;
import io.millrace.broker.group.GroupCommand.ConfigureGroup;
import io.millrace.broker.group.GroupCommand.DropGroup;
import io.millrace.broker.group.GroupCommand.ExpireMembers;
import io.millrace.broker.group.GroupCommand.ForceRelease;
import io.millrace.broker.group.GroupCommand.JoinGroup;
import io.millrace.broker.group.GroupCommand.LeaveGroup;
import io.millrace.broker.group.GroupCommand.OpenGroup;
import io.millrace.broker.group.GroupCommand.PauseGroup;
import io.millrace.broker.group.GroupCommand.ReleasePartitions;
import io.millrace.broker.group.GroupCommand.SeekOffsets;
import io.millrace.broker.group.GroupCommand.SeekTarget;
import io.millrace.broker.group.GroupCommand.TopicsChanged;
import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.function.BiConsumer;

/** The kinds of commands. Their numbers are in Raft logs: never changed, never reused. */
enum GroupCommandKind {
    OPEN(1, OpenGroup.class, GroupCommandKind::putOpen, GroupCommandKind::open),
    CONFIGURE(2, ConfigureGroup.class, GroupCommandKind::putConfigure, GroupCommandKind::configure),
    DROP(3, DropGroup.class, (command, out) -> {}, (id, in) -> new DropGroup(id)),
    JOIN(
            4,
            JoinGroup.class,
            GroupCommandKind::putJoin,
            (id, in) -> new JoinGroup(id, in.int64(), in.list(Joining::decode))),
    LEAVE(5, LeaveGroup.class, GroupCommandKind::putLeave, GroupCommandKind::leave),
    EXPIRE(
            6,
            ExpireMembers.class,
            (command, out) -> out.list(command.stays(), MemberStay::encode),
            (id, in) -> new ExpireMembers(id, in.list(MemberStay::decode))),
    TOPICS(7, TopicsChanged.class, GroupCommandKind::putTopics, GroupCommandKind::topics),
    COMMIT(8, CommitOffsets.class, GroupCommandKind::putCommit, GroupCommandKind::commit),
    RELEASE(9, ReleasePartitions.class, GroupCommandKind::putRelease, GroupCommandKind::release),
    FORCE(
            10,
            ForceRelease.class,
            (command, out) -> out.list(command.partitions(), AssignedPartition::encode),
            (id, in) -> new ForceRelease(id, in.list(AssignedPartition::decode))),
    SEEK(11, SeekOffsets.class, GroupCommandKind::putSeek, GroupCommandKind::seek),
    PAUSE(
            12,
            PauseGroup.class,
            (command, out) -> out.int8(command.paused() ? 1 : 0),
            (id, in) -> new PauseGroup(id, in.int8() != 0));

    private final int number;
    private final Class<? extends GroupCommand> type;
    private final BiConsumer<GroupCommand, WireWriter> encoder;
    private final Decoder decoder;

    <C extends GroupCommand> GroupCommandKind(
            int number, Class<C> type, BiConsumer<C, WireWriter> encoder, Decoder decoder) {
        this.number = number;
        this.type = type;
        this.encoder = (command, out) -> encoder.accept(type.cast(command), out);
        this.decoder = decoder;
    }

    static void encode(GroupCommand command, WireWriter out) {
        GroupCommandKind kind = of(command);
        out.int8(kind.number);
        out.int64(command.groupId());
        kind.encoder.accept(command, out);
    }

    static GroupCommand decode(WireReader in) throws MalformedException {
        int number = in.int8();
        for (GroupCommandKind kind : values()) {
            if (kind.number == number) {
                return kind.decoder.read(in.int64(), in);
            }
        }
        throw new MalformedException("no command to a group has the number " + number);
    }

    static void putConfig(GroupConfig config, WireWriter out) {
        out.textMap(config.stored());
    }

    static GroupConfig config(WireReader in) throws MalformedException {
        try {
            return GroupConfig.of(in.textMap());
        } catch (ConfigException e) {
            throw new MalformedException(e.getMessage());
        }
    }

    private static GroupCommandKind of(GroupCommand command) {
        for (GroupCommandKind kind : values()) {
            if (kind.type == command.getClass()) {
                return kind;
            }
        }
        throw new IllegalStateException(command.getClass() + " has no kind");
    }

    private static void putOpen(OpenGroup command, WireWriter out) {
        out.text(command.name());
        command.mode().encode(out);
        putConfig(command.config(), out);
        out.int64(command.placementVersion());
    }

    private static OpenGroup open(long groupId, WireReader in) throws MalformedException {
        return new OpenGroup(groupId, in.text(), GroupMode.decode(in), config(in), in.int64());
    }

    private static void putConfigure(ConfigureGroup command, WireWriter out) {
        putConfig(command.config(), out);
        out.int64(command.placementVersion());
    }

    private static ConfigureGroup configure(long groupId, WireReader in) throws MalformedException {
        return new ConfigureGroup(groupId, config(in), in.int64());
    }

    private static void putJoin(JoinGroup command, WireWriter out) {
        out.int64(command.newestPartitionId());
        out.list(command.joining(), Joining::encode);
    }

    private static void putLeave(LeaveGroup command, WireWriter out) {
        out.int64(command.leaderTimeMs());
        command.last().encode(out);
        out.int8(command.restarting() ? 1 : 0);
    }

    private static LeaveGroup leave(long groupId, WireReader in) throws MalformedException {
        return new LeaveGroup(groupId, in.int64(), MemberCommit.decode(in), in.int8() != 0);
    }

    private static void putTopics(TopicsChanged command, WireWriter out) {
        out.int64(command.mapVersion());
        out.list(command.topics(), GroupTopic::encode);
        out.list(command.deleted(), (topicId, to) -> to.int64(topicId));
    }

    private static TopicsChanged topics(long groupId, WireReader in) throws MalformedException {
        return new TopicsChanged(
                groupId, in.int64(), in.list(GroupTopic::decode), in.list(WireReader::int64));
    }

    private static void putCommit(CommitOffsets command, WireWriter out) {
        out.int64(command.leaderTimeMs());
        out.list(command.commits(), MemberCommit::encode);
    }

    private static CommitOffsets commit(long groupId, WireReader in) throws MalformedException {
        return new CommitOffsets(groupId, in.int64(), in.list(MemberCommit::decode));
    }

    private static void putRelease(ReleasePartitions command, WireWriter out) {
        out.int64(command.leaderTimeMs());
        command.last().encode(out);
    }

    private static ReleasePartitions release(long groupId, WireReader in)
            throws MalformedException {
        return new ReleasePartitions(groupId, in.int64(), MemberCommit.decode(in));
    }

    private static void putSeek(SeekOffsets command, WireWriter out) {
        out.int64(command.leaderTimeMs());
        out.int64(command.mapVersion());
        out.list(
                command.targets(),
                (target, to) -> {
                    target.partition().encode(to);
                    to.int64(target.offset());
                });
        out.text(command.reason());
    }

    private static SeekOffsets seek(long groupId, WireReader in) throws MalformedException {
        return new SeekOffsets(
                groupId,
                in.int64(),
                in.int64(),
                in.list(from -> new SeekTarget(PartitionKey.decode(from), from.int64())),
                in.text());
    }

    /** Reads what comes after kind and group. */
    @FunctionalInterface
    private interface Decoder {
        GroupCommand read(long groupId, WireReader in) throws MalformedException;
    }
}
