package io.millrace.broker.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.config.ClusterConfig;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Bytes as version 0.1.0 wrote them into logs and checkpoints. If one of these fails, brokers can
 * no longer read their own data: add a new format or kind instead of changing the bytes here.
 */
final class GoldenBytesTest {

    private static final BrokerImage BROKER =
            new BrokerImage(1, "a", "b", "c", "v", "r", "d", 2, 9, 3, BrokerState.JOINED, 1);

    @Test
    void shouldWriteCommandsAsEver() {
        golden(
                new FormCluster("c", List.of(1), 2),
                "0101" + "0000000163" + "0000000100000001" + "00000002" + "00000001");
        golden(
                new RegisterBroker(BROKER, true),
                "0102"
                        + "00000001"
                        + "0000000161"
                        + "0000000162"
                        + "0000000163"
                        + "0000000176"
                        + "0000000172"
                        + "0000000164"
                        + "0000000000000002"
                        + "0000000000000009"
                        + "0000000000000003"
                        + "01"
                        + "00000001"
                        + "01");
        golden(
                new CreateTopic("t", 2, 1, Map.of("k", "v"), 9),
                "0103"
                        + "0000000174"
                        + "00000002"
                        + "00000001"
                        + "00000001"
                        + "000000016b"
                        + "0000000176"
                        + "0000000000000009");
        golden(
                new SetTopic("t", Map.of("k", "v"), List.of("r")),
                "0104"
                        + "0000000174"
                        + "00000001"
                        + "000000016b"
                        + "0000000176"
                        + "00000001"
                        + "0000000172");
        golden(
                new CreateGroup("g", true, Map.of("k", "v"), 9),
                "0117"
                        + "0000000167"
                        + "01"
                        + "00000001"
                        + "000000016b"
                        + "0000000176"
                        + "0000000000000009");
        golden(
                new SetGroup("g", Map.of("k", "v"), List.of("r")),
                "0118"
                        + "0000000167"
                        + "00000001"
                        + "000000016b"
                        + "0000000176"
                        + "00000001"
                        + "0000000172");
        golden(new DeleteGroup("g", 7), "0119" + "0000000167" + "0000000000000007");
        golden(
                new ConfirmGroupsDeleted(1, List.of(7L)),
                "011a" + "00000001" + "00000001" + "0000000000000007");
        golden(new GrowTopic("t", 5), "0105" + "0000000174" + "00000005");
        golden(new DeleteTopic("t", 7), "0106" + "0000000174" + "0000000000000007");
        golden(
                new ConfirmDeleted(1, List.of(8L)),
                "0107" + "00000001" + "00000001" + "0000000000000008");
        golden(new AllocateProducerIds(6), "0108" + "00000006");
    }

    @Test
    void shouldWriteCommandsOfMembershipAsEver() {
        String shard = "00000005";
        String node = "00000006";
        String replica = "0000000000000007";
        golden(new ReplicaPrepared(5, 6, 7), "0109" + shard + node + replica);
        golden(new ReplicaLost(5, 6, 7, "r"), "010a" + shard + node + replica + "0000000172");
        golden(new PromoteReplica(5, 7), "010b" + shard + replica);
        golden(
                new ConfirmMembers(5, 1, 2, List.of(7L), List.of(8L)),
                "010c"
                        + shard
                        + "0000000000000001"
                        + "0000000000000002"
                        + "00000001"
                        + replica
                        + "00000001"
                        + "0000000000000008");
        golden(new AddReplica(5, 6), "010d" + shard + node);
        golden(new MoveReplica(5, 6, 8), "010e" + shard + node + "00000008");
        golden(new RemoveReplica(5, 7, true), "010f" + shard + replica + "01");
        golden(new PreferLeader(5, List.of(6)), "0110" + shard + "00000001" + node);
        golden(new ChangeBroker(6, BrokerState.JOINED, false), "0111" + node + "01" + "00");
        golden(new ChangeBroker(6, BrokerState.ACTIVE, false), "0111" + node + "02" + "00");
        golden(new ChangeBroker(6, BrokerState.DRAINED, false), "0111" + node + "03" + "00");
        golden(new ChangeBroker(6, BrokerState.LEAVING, true), "0111" + node + "04" + "01");
        golden(new ChangeBroker(6, BrokerState.FILLING, true), "0111" + node + "05" + "01");
        golden(new ForgetBroker(6), "0112" + node);
        golden(new BrokerFilled(6), "0116" + node);
        golden(
                new AddShards(5, List.of(List.of(6, 1))),
                "0113" + shard + "00000001" + "00000002" + node + "00000001");
        golden(
                new SetClusterConfig(Map.of("k", "v"), List.of("r")),
                "0114" + "00000001" + "000000016b" + "0000000176" + "00000001" + "0000000172");
        golden(new RaiseFeatureLevel(2), "0115" + "00000002");
        golden(
                new RecoverCluster(
                        List.of(new RecoverCluster.Survivor(5, 6, 7)),
                        List.of(new RecoverCluster.GivenUp(6, "r")),
                        true),
                "011b"
                        + "00000001"
                        + shard
                        + node
                        + replica
                        + "00000001"
                        + node
                        + "0000000172"
                        + "01");
    }

    @Test
    void shouldWriteStatesOfReplicasAsEver() {
        StringBuilder written = new StringBuilder();
        for (ReplicaState state : ReplicaState.values()) {
            WireWriter out = new WireWriter();
            new ReplicaImage(1, 2, state).encode(out);
            written.append(HexFormat.of().formatHex(out.toBuffer().array()));
        }
        String replica = "00000001" + "0000000000000002";
        assertThat(written.toString())
                .isEqualTo(
                        replica + "01" + replica + "02" + replica + "03" + replica + "04" + replica
                                + "05");
    }

    @Test
    void shouldWriteWhatCommandsYieldAsEver() throws Exception {
        yields(
                new AllocateProducerIds(6),
                new ProducerIdBlock(7, 6),
                "0000000000000007" + "00000006");
        yields(new ConfirmDeleted(1, List.of()), 3, "00000003");
        yields(new ForgetBroker(6), true, "01");
        yields(new AddShards(5, List.of()), List.of(5, 6), "00000002" + "00000005" + "00000006");
        yields(new RaiseFeatureLevel(2), 2, "00000002");
        yields(
                new SetClusterConfig(Map.of(), List.of()),
                ClusterConfig.of(Map.of("replica.concurrent-moves", "4")),
                "00000001"
                        + "00000018"
                        + "7265706c6963612e636f6e63757272656e742d6d6f766573"
                        + "0000000134");
        yields(
                new AddReplica(1, 2),
                new ShardImage(
                        1,
                        List.of(new ReplicaImage(1, 2, ReplicaState.VOTER)),
                        List.of(2L),
                        new ConfirmedMembers(3, 4, List.of(2L), List.of(5L)),
                        6),
                "00000001"
                        + "00000001"
                        + "00000001"
                        + "0000000000000002"
                        + "03"
                        + "00000001"
                        + "0000000000000002"
                        + "0000000000000003"
                        + "0000000000000004"
                        + "00000001"
                        + "0000000000000002"
                        + "00000001"
                        + "0000000000000005"
                        + "0000000000000006");
        BrokerImage joined = BROKER.in(BrokerState.JOINED);
        ByteBuffer bytes = ControllerCodec.encodeValue(new RegisterBroker(BROKER, false), joined);
        assertThat(ControllerCodec.decodeValue(new RegisterBroker(BROKER, false), bytes))
                .isEqualTo(joined);
    }

    @Test
    void shouldReadACheckpointAsEver() throws Exception {
        ControllerState state =
                new FormCluster("c", List.of(1), 1).applyTo(ControllerState.EMPTY).next();
        state = new RegisterBroker(BROKER, false).applyTo(state).next();
        state = new ReplicaPrepared(1, 1, 2).applyTo(state).next();
        state = new ConfirmMembers(1, 3, 4, List.of(2L), List.of()).applyTo(state).next();
        Map<String, String> config = Map.of("segment.ms", "5s");
        state = new CreateTopic("t", 1, 1, config, 9).applyTo(state).next();
        state = new CreateTopic("d", 1, 1, Map.of(), 9).applyTo(state).next();
        state = new DeleteTopic("d", 0).applyTo(state).next();
        String map =
                "0000000163" // cluster id
                        + "0000000000000007" // map version
                        + "00000001" // feature level
                        + "00000001" // settings
                        + "00000011"
                        + "7368617264732d7065722d62726f6b6572"
                        + "0000000131"
                        + "00000001" // brokers
                        + "00000001"
                        + "0000000161"
                        + "0000000162"
                        + "0000000163"
                        + "0000000176"
                        + "0000000172"
                        + "0000000164"
                        + "0000000000000002"
                        + "0000000000000009"
                        + "0000000000000003"
                        + "02"
                        + "00000001"
                        + "00000002" // shards
                        + "00000000"
                        + "00000001"
                        + "00000001"
                        + "0000000000000001"
                        + "03"
                        + "00000001"
                        + "0000000000000001"
                        + "0000000000000000"
                        + "0000000000000000"
                        + "00000000"
                        + "00000000"
                        + "0000000000000001"
                        + "00000001"
                        + "00000001"
                        + "00000001"
                        + "0000000000000002"
                        + "03"
                        + "00000001"
                        + "0000000000000002"
                        + "0000000000000003"
                        + "0000000000000004"
                        + "00000001"
                        + "0000000000000002"
                        + "00000000"
                        + "0000000000000002"
                        + "00000001" // topics
                        + "0000000174"
                        + "0000000000000001"
                        + "00000001"
                        + "00000001"
                        + "0000000a7365676d656e742e6d73"
                        + "0000000435303030"
                        + "0000000000000009"
                        + "00000001"
                        + "0000000000000001"
                        + "00000001"
                        + "0000000000000005"
                        + "00000001" // tombstones
                        + "0000000164"
                        + "0000000000000002"
                        + "0000000000000007"
                        + "00000001"
                        + "0000000000000002"
                        + "00000001"
                        + "0000000000000006";
        String counters =
                "0000000000000003" // next topic id
                        + "0000000000000003" // next partition id
                        + "0000000000000003" // next replica id
                        + "0000000000000001"; // next producer id
        // The first format knew no groups.
        assertThat(read("01" + map + counters)).isEqualTo(state);
        assertThat(hex(state)).isEqualTo("02" + map + "0000000000000000" + counters);
        ControllerState grouped =
                after(
                        new CreateGroup("g", true, Map.of("lease.ms", "5s"), 9),
                        after(
                                new DeleteGroup("h", 0),
                                after(new CreateGroup("h", false, Map.of(), 8), state)));
        String groups =
                "00000001" // groups
                        + "0000000167"
                        + "0000000000000004"
                        + "00000001"
                        + "01"
                        + "00000001"
                        + "000000086c656173652e6d73"
                        + "0000000435303030"
                        + "%016x".formatted(grouped.image().version())
                        + "0000000000000009"
                        + "00000001" // group tombstones
                        + "0000000168"
                        + "0000000000000003"
                        + "00000001"
                        + "00000001";
        assertThat(hex(grouped)).contains(groups);
        assertThat(read(hex(grouped))).isEqualTo(grouped);
    }

    private static ControllerState after(ControllerCommand<?> command, ControllerState state) {
        return command.applyTo(state).next();
    }

    private static ControllerState read(String hex) throws Exception {
        return ControllerState.decode(
                new WireReader(ByteBuffer.wrap(HexFormat.of().parseHex(hex))));
    }

    private static String hex(ControllerState state) {
        WireWriter out = new WireWriter();
        state.encode(out);
        return HexFormat.of().formatHex(out.toBuffer().array());
    }

    private static <R> void yields(ControllerCommand<R> command, R value, String hex)
            throws Exception {
        ByteBuffer bytes = ControllerCodec.encodeValue(command, value);
        assertThat(HexFormat.of().formatHex(bytes.array())).isEqualTo(hex);
        assertThat(ControllerCodec.decodeValue(command, bytes)).isEqualTo(value);
    }

    private static void golden(ControllerCommand<?> command, String hex) {
        assertThat(HexFormat.of().formatHex(CommandKind.encode(command).array())).isEqualTo(hex);
    }
}
