package io.millrace.broker.shard;

import static io.millrace.broker.shard.Batches.batch;
import static io.millrace.broker.shard.Batches.create;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.GroupCommand.DropGroup;
import io.millrace.broker.group.GroupTable;
import io.millrace.broker.queue.QueueCommand.DropQueue;
import io.millrace.broker.queue.QueueCommand.OpenQueue;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.shard.ShardCommand.ChangeGroup;
import io.millrace.broker.shard.ShardCommand.ChangeQueue;
import io.millrace.broker.shard.ShardCommand.DeletePartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Checkpoints outlive the broker that wrote them. */
class ManifestFormatTest {

    /** Version 2 of a manifest, version 1 of what is replicated: groups came later. */
    private static final String BEFORE_GROUPS =
            "4d5244020000004100000000000000040000000000000001000000010000000000000002000000010000"
                    + "001d020e00d00fc0a9070101a09c01140006c80100020a000602060002c801000000110000000d"
                    + "040202000602b401c801c801007b63f3f7";

    private static final String REPLICATED_BEFORE_GROUPS =
            "4d52520100000000000000040000000000000001000000010000000000000002000000010000001d020e"
                    + "00d00fc0a9070101a09c01140006c80100020a000602060002c801ca083811";

    private ShardHarness harness;

    @BeforeEach
    void applyAsThen() throws IOException {
        harness = new ShardHarness();
        harness.apply(create(1, 10));
        harness.apply(create(2, 10));
        harness.append(100, 1, batch(5, 0, 0, 3));
        harness.apply(new DeletePartition(2, 20));
    }

    @Test
    void shouldReadWhatWasWrittenBeforeThereWereGroups() throws IOException {
        Manifest read = ManifestCodec.decode(bytesOf(BEFORE_GROUPS));
        Manifest sent = ManifestCodec.decodeReplicated(bytesOf(REPLICATED_BEFORE_GROUPS));

        assertThat(read.groups()).isEqualTo(GroupTable.EMPTY);
        assertThat(ManifestCodec.encode(read)).isEqualTo(harness.shard.checkpoint().manifest());
        assertThat(ManifestCodec.encodeReplicated(sent)).isEqualTo(harness.replicatedState());
    }

    @Test
    void shouldKeepItsBytes() throws IOException {
        harness.apply(new ChangeGroup(new DropGroup(9)));
        harness.apply(new ChangeQueue(new OpenQueue(new QueueKey(1, 7), 5)));
        harness.apply(new ChangeQueue(new DropQueue(8)));
        String now =
                "4d52440300000066000000000000000700000000000000010000000100000000000000020000"
                        + "00010000001d020e00d00fc0a9070101a09c01140006c80100020a000602060002c801000000"
                        + "1102000000010000000000000009000000000000000c01020908010107050000000000000011"
                        + "0000000d040202000602b401c801c80100bdf757be";
        String replicated =
                "4d52520200000000000000070000000000000001000000010000000000000002000000010000"
                        + "001d020e00d00fc0a9070101a09c01140006c80100020a000602060002c80100000011020000"
                        + "00010000000000000009000000000000000c01020908010107050000000084e5ef44";

        assertThat(hexOf(harness.shard.checkpoint().manifest())).isEqualTo(now);
        assertThat(hexOf(harness.replicatedState())).isEqualTo(replicated);
        assertThat(ManifestCodec.encode(ManifestCodec.decode(bytesOf(now))))
                .isEqualTo(bytesOf(now));
    }

    private static ByteBuffer bytesOf(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    }

    private static String hexOf(ByteBuffer bytes) {
        return HexFormat.of().formatHex(bytes.array());
    }
}
