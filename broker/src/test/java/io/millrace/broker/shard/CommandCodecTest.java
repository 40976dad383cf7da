package io.millrace.broker.shard;

import static io.millrace.broker.shard.Batches.CONFIG;
import static io.millrace.broker.shard.Batches.append;
import static io.millrace.broker.shard.Batches.create;
import static io.millrace.broker.shard.Batches.plainBatch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.group.GroupCommand.DropGroup;
import io.millrace.broker.queue.QueueCommand.DropQueue;
import io.millrace.broker.queue.QueueCommand.OpenQueue;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.shard.AppendResult.Appended;
import io.millrace.broker.shard.ShardCommand.ChangeGroup;
import io.millrace.broker.shard.ShardCommand.ChangeQueue;
import io.millrace.broker.shard.ShardCommand.ConfigurePartition;
import io.millrace.broker.shard.ShardCommand.DeletePartition;
import io.millrace.broker.shard.ShardCommand.Trim;
import io.millrace.broker.shard.ShardCommand.TrimPartitions;
import io.millrace.broker.shard.ShardCommand.Unreadable;
import io.millrace.protocol.error.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CommandCodecTest {

    private static final List<ShardCommand> COMMANDS =
            List.of(
                    append(12, 3, plainBatch(2), plainBatch(1)),
                    create(4, 9),
                    new ConfigurePartition(4, CONFIG, 10),
                    new DeletePartition(4, 11),
                    new TrimPartitions(
                            List.of(
                                    new Trim(1, 5, TrimReason.EXPIRED),
                                    new Trim(2, 6, TrimReason.TRIMMED))),
                    new ChangeGroup(GroupCommands.open(7, "billing", 3)),
                    new ChangeGroup(GroupCommands.join(7, "m1")),
                    new ChangeGroup(GroupCommands.commit(7, "m1", 1, 0)),
                    new ChangeQueue(new OpenQueue(new QueueKey(4, 7), 12)),
                    new ChangeQueue(GroupCommands.settle(new QueueKey(4, 7), 13, 14)),
                    new ChangeQueue(new DropQueue(7)));

    @Test
    void shouldReadWhatItWrites() {
        for (ShardCommand command : COMMANDS) {
            ByteBuffer bytes = CommandCodec.encode(command);
            int before = bytes.position();
            assertThat(CommandCodec.decode(bytes)).isEqualTo(command);
            assertThat(bytes.position()).isEqualTo(before);
        }
    }

    @Test
    void shouldKeepItsBytes() {
        ByteBuffer bytes = CommandCodec.encode(new DeletePartition(0x0102, 0x0304));
        assertThat(bytes.array())
                .containsExactly(1, 4, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 3, 4);
        ByteBuffer group = CommandCodec.encode(new ChangeGroup(new DropGroup(0x0102)));
        assertThat(group.array()).containsExactly(1, 6, 2, 3, 0, 0, 0, 0, 0, 0, 1, 2);
        ByteBuffer queue = CommandCodec.encode(new ChangeQueue(new DropQueue(5)));
        assertThat(queue.array()).containsExactly(1, 7, 1, 3, 5);
    }

    @Test
    void shouldWriteABatchWithRoomBeforeItInPlace() {
        ByteBuffer batch = plainBatch(3);
        ByteBuffer copied = CommandCodec.encode(append(12, 3, batch));
        for (int room = CommandCodec.ALONE_BYTES; room < 40; room++) {
            ByteBuffer placed = ByteBuffer.allocate(room + batch.remaining() + 5);
            placed.put(room, batch.array()).limit(room + batch.remaining()).position(room);
            assertThat(CommandCodec.hasRoom(placed)).isTrue();
            ByteBuffer entry = CommandCodec.encodeInPlace(12, 3, placed);
            assertThat(entry).isEqualTo(copied);
            assertThat(entry.array()).isSameAs(placed.array());
            assertThat(entry.position()).isZero();
        }
        assertThat(CommandCodec.hasRoom(ByteBuffer.allocate(99).position(25))).isFalse();
        assertThat(CommandCodec.hasRoom(ByteBuffer.allocateDirect(99).position(50))).isFalse();
    }

    @Test
    void shouldAnswerAnUnknownKindOrVersionWithAnError() {
        assertThat(codeOf(ByteBuffer.wrap(new byte[] {1, 77, 5, 5}))).isEqualTo(unsupported());
        assertThat(codeOf(ByteBuffer.wrap(new byte[] {2, 1, 5, 5}))).isEqualTo(unsupported());
        assertThat(codeOf(ByteBuffer.allocate(0))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    @Test
    void shouldRefuseEveryCutAndEveryWildCount() {
        for (ShardCommand command : COMMANDS) {
            ByteBuffer bytes = CommandCodec.encode(command);
            for (int length = 0; length < bytes.limit(); length++) {
                assertThat(codeOf(bytes.duplicate().limit(length))).isNotNull();
            }
            ByteBuffer longer = ByteBuffer.allocate(bytes.limit() + 1).put(bytes.duplicate());
            assertThat(codeOf(longer.rewind())).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        }
        ByteBuffer wild = CommandCodec.encode(COMMANDS.get(0));
        for (int count : new int[] {Integer.MAX_VALUE, -1, 3, 1, 0}) {
            wild.putInt(10, count);
            assertThat(codeOf(wild)).as("count %d", count).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        }
    }

    @Test
    void shouldRefuseValuesThatMakeNoSense() {
        ByteBuffer create = CommandCodec.encode(create(4, 9));
        create.putLong(22, 0);
        assertThat(((Unreadable) CommandCodec.decode(create)).reason()).contains("segment bytes");
        assertThatThrownBy(() -> new Trim(1, -1, TrimReason.EXPIRED))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TrimReason.ofCode((byte) 9))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** A poison entry would stop every replica, and again at each start. */
    @Test
    void shouldApplyGarbageWithoutThrowing() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        ShardHarness harness = new ShardHarness();
        harness.apply(create(3, 1));
        for (int i = 0; i < 5_000; i++) {
            ShardCommand command = COMMANDS.get(random.nextInt(COMMANDS.size()));
            byte[] bytes = CommandCodec.encode(command).array().clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            ByteBuffer data = ByteBuffer.wrap(bytes, 0, 1 + random.nextInt(bytes.length));
            assertThat(harness.applyBytes(data.slice())).as("seed %d", seed).isNotNull();
        }
        harness.apply(create(0x0101010101010101L, 1));
        assertThat(harness.append(1, 0x0101010101010101L, plainBatch(1)))
                .isInstanceOf(Appended.class);
    }

    private static ErrorCode codeOf(ByteBuffer bytes) {
        return ((Unreadable) CommandCodec.decode(bytes)).code();
    }

    private static ErrorCode unsupported() {
        return ErrorCode.UNSUPPORTED_VERSION;
    }
}
