package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.queue.QueueCommand.DropQueue;
import io.millrace.broker.queue.QueueCommand.OpenQueue;
import io.millrace.broker.queue.QueueCommand.Redrive;
import io.millrace.broker.queue.QueueCommand.SettleRecords;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class QueueCommandCodecTest {

    private static final QueueKey KEY = new QueueKey(300, 1);

    private static final QueueSettlement SETTLEMENT =
            new QueueSettlement(
                    KEY,
                    OffsetSet.of(1_000, 1_001, 1_005),
                    OffsetSet.of(1_010),
                    DeliveryMarks.of(
                            List.of(
                                    new DeliveryMark(1_003, 2, 0),
                                    new DeliveryMark(1_002, 1, 65))));

    private static final List<QueueCommand> COMMANDS =
            List.of(
                    new OpenQueue(new QueueKey(Long.MAX_VALUE, 0), 12),
                    new SettleRecords(List.of(SETTLEMENT)),
                    new SettleRecords(List.of()),
                    new DropQueue(9),
                    new Redrive(KEY, OffsetSet.of(4, 5, 6)));

    @Test
    void shouldReadWhatItWrote() {
        for (QueueCommand command : COMMANDS) {
            assertThat(QueueCommandCodec.decode(QueueCommandCodec.encode(command)))
                    .isEqualTo(command);
        }
    }

    /** Entries outlive the broker that wrote them. */
    @Test
    void shouldKeepItsBytes() {
        ByteBuffer bytes = QueueCommandCodec.encode(COMMANDS.get(1));
        assertThat(HexFormat.of().formatHex(bytes.array()))
                .isEqualTo("010201ac020102e80702030101f2070102ea07014101" + "0200");
    }

    @Test
    void shouldSayWhatIsWrongWithOtherBytes() {
        ByteBuffer open = QueueCommandCodec.encode(COMMANDS.get(0));
        assertThatThrownBy(() -> QueueCommandCodec.decode(open.duplicate().limit(4)))
                .hasMessageContaining("end within");
        assertThatThrownBy(() -> decode(2, 1)).hasMessageContaining("version 2");
        assertThatThrownBy(() -> decode(1, 9)).hasMessageContaining("kind 9");
        assertThatThrownBy(() -> decode(1, 3, 1, 1)).hasMessageContaining("1 bytes too many");
    }

    @Test
    void shouldThrowNothingButIllegalArgumentsWhateverTheBytesAre() {
        long seed = Long.getLong("seed", new Random().nextInt(1_000_000));
        Random random = new Random(seed);
        QueueTable table = new QueueTable();
        table.apply(new OpenQueue(KEY, 0));
        table.apply(COMMANDS.get(1));
        for (int i = 0; i < 50_000; i++) {
            boolean command = random.nextBoolean();
            ByteBuffer bytes =
                    command
                            ? QueueCommandCodec.encode(COMMANDS.get(random.nextInt(5)))
                            : table.snapshot().encode();
            int at = random.nextInt(bytes.limit());
            bytes.put(at, (byte) random.nextInt());
            bytes.limit(random.nextInt(4) == 0 ? at : bytes.limit());
            try {
                if (command) {
                    table.apply(QueueCommandCodec.decode(bytes));
                } else {
                    QueueTableSnapshot.decode(bytes);
                }
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageMatching("(?s).+");
            } catch (RuntimeException e) {
                throw new AssertionError("fails with -Dseed=" + seed, e);
            }
        }
    }

    @Test
    void shouldKeepTheLargestEntryBelowAMebibyte() {
        DeliveryMarks marks =
                DeliveryMarks.of(
                        LongStream.range(0, SettleRecords.MAX_WEIGHT - 1)
                                .mapToObj(i -> new DeliveryMark(i << 48, 1 << 30, 1L << 62))
                                .toList());
        SettleRecords largest =
                new SettleRecords(
                        List.of(new QueueSettlement(KEY, OffsetSet.EMPTY, OffsetSet.EMPTY, marks)));
        assertThat(QueueCommandCodec.encode(largest).remaining()).isLessThan(1 << 20);
        assertThatThrownBy(
                        () -> new SettleRecords(List.of(largest.settlements().get(0), SETTLEMENT)))
                .hasMessageContaining("several entries");
    }

    private static QueueCommand decode(int... bytes) {
        ByteBuffer buffer = ByteBuffer.allocate(bytes.length);
        for (int each : bytes) {
            buffer.put((byte) each);
        }
        return QueueCommandCodec.decode(buffer.flip());
    }
}
