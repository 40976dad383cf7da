package io.millrace.broker.controller;

import static org.assertj.core.api.Assertions.assertThat;

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

    @Test
    void shouldWriteCommandsAsEver() {
        golden(
                new FormCluster("c", List.of(1), 2),
                "0101" + "0000000163" + "0000000100000001" + "00000002");
        golden(
                new RegisterBroker(new BrokerImage(1, "a", "b", "c", "v", 2, 3)),
                "0102"
                        + "00000001"
                        + "0000000161"
                        + "0000000162"
                        + "0000000163"
                        + "0000000176"
                        + "0000000000000002"
                        + "0000000000000003");
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
        golden(new GrowTopic("t", 5), "0105" + "0000000174" + "00000005");
        golden(new DeleteTopic("t", 7), "0106" + "0000000174" + "0000000000000007");
        golden(
                new ConfirmDeleted(1, List.of(8L)),
                "0107" + "00000001" + "00000001" + "0000000000000008");
        golden(new AllocateProducerIds(6), "0108" + "00000006");
    }

    @Test
    void shouldReadACheckpointAsEver() throws Exception {
        ControllerState state =
                new FormCluster("c", List.of(1), 1).applyTo(ControllerState.EMPTY).next();
        state =
                new RegisterBroker(new BrokerImage(1, "a", "b", "c", "v", 2, 3))
                        .applyTo(state)
                        .next();
        Map<String, String> config = Map.of("segment.ms", "5s");
        state = new CreateTopic("t", 1, 1, config, 9).applyTo(state).next();
        state = new CreateTopic("d", 1, 1, Map.of(), 9).applyTo(state).next();
        state = new DeleteTopic("d", 0).applyTo(state).next();
        String bytes =
                "01" // format
                        + "0000000163" // cluster id
                        + "0000000000000005" // map version
                        + "00000001" // brokers
                        + "00000001"
                        + "0000000161"
                        + "0000000162"
                        + "0000000163"
                        + "0000000176"
                        + "0000000000000002"
                        + "0000000000000003"
                        + "00000002" // shards
                        + "00000000"
                        + "00000001"
                        + "00000001"
                        + "0000000000000001"
                        + "00000001"
                        + "00000001"
                        + "00000001"
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
                        + "0000000000000003"
                        + "00000001" // tombstones
                        + "0000000164"
                        + "0000000000000002"
                        + "0000000000000005"
                        + "00000001"
                        + "0000000000000002"
                        + "00000001"
                        + "0000000000000004"
                        + "0000000000000003" // next topic id
                        + "0000000000000003" // next partition id
                        + "0000000000000003" // next replica id
                        + "0000000000000001"; // next producer id

        WireWriter out = new WireWriter();
        state.encode(out);

        assertThat(HexFormat.of().formatHex(out.toBuffer().array())).isEqualTo(bytes);
        ByteBuffer written = ByteBuffer.wrap(HexFormat.of().parseHex(bytes));
        assertThat(ControllerState.decode(new WireReader(written))).isEqualTo(state);
    }

    private static void golden(ControllerCommand<?> command, String hex) {
        assertThat(HexFormat.of().formatHex(CommandKind.encode(command).array())).isEqualTo(hex);
    }
}
