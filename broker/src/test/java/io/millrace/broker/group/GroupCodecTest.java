package io.millrace.broker.group;

import static io.millrace.broker.group.GroupFixture.GROUP;
import static io.millrace.broker.group.GroupFixture.TIME;
import static io.millrace.broker.group.GroupFixture.entry;
import static io.millrace.broker.group.GroupFixture.joiningAs;
import static io.millrace.broker.group.GroupFixture.partition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class GroupCodecTest {

    private static final MemberStay STAY = new MemberStay("m", 2);
    private static final AssignedPartition PARTITION = new AssignedPartition(partition(3, 4), 5);
    private static final MemberCommit COMMIT =
            new MemberCommit(STAY, List.of(new CommitEntry(PARTITION, 6, "x")));

    /** One of each kind, in the order of their numbers. */
    private static final List<GroupCommand> COMMANDS =
            List.of(
                    new OpenGroup(1, "g", GroupMode.QUEUE, GroupConfig.DEFAULTS, 9),
                    new ConfigureGroup(1, GroupConfig.DEFAULTS, 9),
                    new DropGroup(1),
                    new JoinGroup(1, 6, List.of(joiningAs("i", "m", "t", "u.*"))),
                    new LeaveGroup(1, 7, COMMIT, true),
                    new ExpireMembers(1, List.of(STAY)),
                    new TopicsChanged(
                            1,
                            8,
                            List.of(new GroupTopic(3, "t", 2, 1, List.of(List.of("r"), List.of()))),
                            List.of(4L)),
                    new CommitOffsets(1, 7, List.of(COMMIT)),
                    new ReleasePartitions(1, 7, COMMIT),
                    new ForceRelease(1, List.of(PARTITION)),
                    new SeekOffsets(1, 7, 2, List.of(new SeekTarget(partition(3, 4), -1)), "y"),
                    new PauseGroup(1, true));

    @Test
    void shouldReadWhatItWrote() throws MalformedException {
        assertThat(COMMANDS).hasSize(GroupCommand.class.getPermittedSubclasses().length);
        for (GroupCommand command : COMMANDS) {
            assertThat(GroupCodec.decodeCommand(GroupCodec.encode(command))).isEqualTo(command);
        }
    }

    /** Entries outlive the broker that wrote them. */
    @Test
    void shouldWriteCommandsAsEver() {
        String group = "0000000000000001";
        String stay = "000000016d" + "0000000000000002";
        String assigned = "0000000000000003" + "00000004" + "0000000000000005";
        String commit = stay + "00000001" + assigned + "0000000000000006" + "0000000178";
        String time = "0000000000000007";
        golden(2, "0203" + group);
        golden(
                3,
                ("0204" + group + "0000000000000006" + "00000001")
                        + ("000000016d" + "0000000169" + "00000000" + "00000000")
                        + ("00000002" + "0000000174" + "00000003752e2a")
                        + ("00000064" + "00000000" + "00000000"));
        golden(4, "0205" + group + time + commit + "01");
        golden(5, "0206" + group + "00000001" + stay);
        golden(
                6,
                ("0207" + group + "0000000000000008" + "00000001")
                        + ("0000000000000003" + "0000000174" + "00000002" + "00000001")
                        + ("00000002" + "00000001" + "0000000172" + "00000000")
                        + ("00000001" + "0000000000000004"));
        golden(7, "0208" + group + time + "00000001" + commit);
        golden(8, "0209" + group + time + commit);
        golden(9, "020a" + group + "00000001" + assigned);
        golden(
                10,
                ("020b" + group + time + "0000000000000002" + "00000001")
                        + ("0000000000000003" + "00000004" + "ffffffffffffffff")
                        + "0000000179");
        golden(11, "020c" + group + "01");
        String open = hex(COMMANDS.get(0));
        assertThat(open).startsWith("0201" + group + "0000000167" + "02" + "00000008");
        assertThat(open).endsWith("0000000000000009");
        assertThat(hex(COMMANDS.get(1))).startsWith("0202" + group + "00000008");
    }

    @Test
    void shouldGiveTheSameStateBack() throws MalformedException {
        GroupTable table = busyTable();

        ByteBuffer bytes = GroupCodec.encode(table);
        GroupTable read = GroupCodec.decodeTable(bytes);

        assertThat(read).isEqualTo(table);
        assertThat(GroupCodec.encode(read)).isEqualTo(bytes);
        GroupState group = table.group(GROUP).orElseThrow();
        assertThat(GroupCodec.decodeGroup(GroupCodec.encode(group))).isEqualTo(group);
        assertThat(read).isNotEqualTo(GroupTable.EMPTY);
    }

    @Test
    void shouldReadAStateOfTheFirstVersionForEver() throws MalformedException {
        String hex = hex(GroupCodec.encode(smallGroup()));
        assertThat(hex).isEqualTo(SMALL_GROUP.replaceAll("\\s", ""));
        assertThat(GroupCodec.decodeGroup(ByteBuffer.wrap(HexFormat.of().parseHex(hex))))
                .isEqualTo(smallGroup());
    }

    @Test
    void shouldSayNothingButMalformedWhateverTheBytes() {
        long seed = new Random().nextInt(1_000_000);
        Random random = new Random(seed);
        byte[] state = GroupCodec.encode(busyTable()).array();
        for (int i = 0; i < 3_000; i++) {
            byte[] command = GroupCodec.encode(COMMANDS.get(i % COMMANDS.size())).array();
            tryBoth(damaged(command, random), seed);
            tryBoth(damaged(state, random), seed);
        }
    }

    @Test
    void shouldSayWhatIsWrong() {
        byte[] pause = GroupCodec.encode(COMMANDS.get(11)).array();
        assertThatThrownBy(() -> decode(Arrays.copyOf(pause, pause.length + 1)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("1 bytes too many");
        assertThatThrownBy(() -> decode(Arrays.copyOf(pause, 5)))
                .isInstanceOf(MalformedException.class);
        pause[1] = 99;
        assertThatThrownBy(() -> decode(pause)).hasMessageContaining("99");
        pause[0] = 3;
        assertThatThrownBy(() -> decode(pause)).hasMessageContaining("format 3");
    }

    private static final String SMALL_GROUP =
            """
            0200000000000000070000000762696c6c696e6701000000080000000861737369676e6f72000000
            06737469636b79000000086c656173652e6d73000000053130303030000000157265766f63617469
            6f6e2e74696d656f75742e6d730000000536303030300000000b6d61782e6d656d62657273000000
            04313030300000000e6d61782e64656c697665726965730000000231300000001164656c69766572
            792e6c656173652e6d730000000533303030300000000c71756575652e77696e646f770000000536
            353533360000001b646561642d6c65747465722e627265616b65722e70657263656e740000000235
            30000000000000000100000000000000000100000000000000040000000000000003000000000000
            00030000000000000002000000020000000000000001000000016100000000000000036170700000
            0006686f73743a3100000001000000012a0000006400000000000000000000000000000002000000
            0162000000000000000361707000000006686f73743a3100000001000000012a0000006400000000
            00000000000000010000000000000001000000017400000002000000020000000000000001000000
            012a0000000000000000000000020000000000000001000000000000000000000000000000010000
            00000000000000000000010000000100000000000000000000000201000000010000000200000000
            000000010000000000000000000000050000000000000000000003e8000000000000000200000000
            00000000000000090000000000000000000003e800000001000000000000000100000000000003e8
            0000000377687900000001000000000000000200000000ffffffffffffffff0000000000000009
            """;

    private static GroupState smallGroup() {
        GroupFixture group = GroupFixture.stream();
        group.topics(GroupTopic.of(1, "t", 2));
        MemberStay a = group.join("a");
        group.join("b");
        group.commit(a, partition(1, 0), 5);
        group.apply(
                new SeekOffsets(
                        GROUP, TIME, 1, List.of(new SeekTarget(partition(2, 0), 9)), "why"));
        return group.state();
    }

    private static GroupTable busyTable() {
        GroupFixture group = GroupFixture.stream("assignor", "rack");
        group.apply(new OpenGroup(9, "other", GroupMode.QUEUE, GroupConfig.DEFAULTS, 3));
        group.apply(new DropGroup(8));
        group.topics(
                new GroupTopic(1, "orders", 5, 3, List.of(List.of("x", "y"))),
                GroupTopic.of(2, "bills", 3));
        MemberStay a = group.join(joiningAs("i", "a"));
        group.apply(
                new CommitOffsets(
                        GROUP,
                        TIME,
                        List.of(
                                new MemberCommit(
                                        a,
                                        List.of(
                                                entry(
                                                        partition(1, 0),
                                                        group.epoch(partition(1, 0)),
                                                        7))))));
        group.join("b", "orders");
        group.join("c", "bills");
        group.apply(new PauseGroup(GROUP, true));
        group.apply(
                new SeekOffsets(
                        GROUP, TIME, 1, List.of(new SeekTarget(partition(1, 1), 9)), "why"));
        assertThat(group.moving()).isPositive();
        return group.table;
    }

    private static void golden(int index, String hex) {
        assertThat(hex(COMMANDS.get(index))).isEqualTo(hex);
    }

    private static String hex(GroupCommand command) {
        return hex(GroupCodec.encode(command));
    }

    private static String hex(ByteBuffer bytes) {
        return HexFormat.of().formatHex(bytes.array());
    }

    private static GroupCommand decode(byte[] bytes) throws MalformedException {
        return GroupCodec.decodeCommand(ByteBuffer.wrap(bytes));
    }

    private static byte[] damaged(byte[] bytes, Random random) {
        byte[] damaged = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
        for (int i = random.nextInt(4); i > 0; i--) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        damaged[0] = 2; // the format, or all else is not looked at
        return damaged;
    }

    private static void tryBoth(byte[] bytes, long seed) {
        try {
            GroupCodec.decodeCommand(ByteBuffer.wrap(bytes));
        } catch (MalformedException expected) {
            assertThat(expected.getMessage()).as("seed %d", seed).isNotBlank();
        }
        try {
            GroupCodec.decodeTable(ByteBuffer.wrap(bytes));
        } catch (MalformedException expected) {
            assertThat(expected.getMessage()).as("seed %d", seed).isNotBlank();
        }
    }
}
