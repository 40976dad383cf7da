package io.millrace.protocol.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchHeaderTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0x4D524202, magic",
        "8, 3, attributes",
        "8, 8, attributes",
        "8, -1, attributes",
        "12, 0, record count",
        "12, -1, record count",
        "12, 0x7FFFFFFF, record count",
        "16, -1, producer id",
        "48, -1, producer epoch",
        "24, -1, first sequence",
        "32, -1, base timestamp",
        "40, 0, max timestamp",
        "52, 0, uncompressed size",
        "52, 0x04000001, uncompressed size",
        "52, -1, uncompressed size",
        "56, -1, body length",
        "56, 0x7FFFFFFF, body length",
    })
    void shouldNameTheFieldThatIsWrong(int position, String value, String field) {
        ByteBuffer batch = ByteBuffer.wrap(batch());
        int first = Long.decode(value).intValue();
        batch.putInt(position, first);
        if (field.equals("max timestamp")) {
            batch.putLong(position, 0);
        }
        batch.putInt(BatchHeader.AT_CRC, BatchHeader.crcOf(batch));
        assertThatThrownBy(() -> BatchHeader.validate(batch))
                .isInstanceOfSatisfying(
                        CorruptBatchException.class, e -> assertThat(e.field()).isEqualTo(field))
                .hasMessageContaining("byte " + position);
    }

    @Test
    void shouldNoticeEveryFlippedBit() {
        byte[] batch = batch();
        for (int bit = 0; bit < batch.length * 8; bit++) {
            byte[] damaged = batch.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> BatchHeader.validate(ByteBuffer.wrap(damaged)))
                    .as("bit %d", bit)
                    .isInstanceOf(CorruptBatchException.class);
        }
    }

    @Test
    void shouldNoticeEveryCutAndEveryByteTooMany() {
        byte[] batch = batch();
        for (int length = 0; length < batch.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(batch, 0, length);
            assertThatThrownBy(() -> BatchHeader.parse(cut))
                    .isInstanceOf(CorruptBatchException.class);
        }
        ByteBuffer longer = ByteBuffer.allocate(batch.length + 1).put(0, batch);
        assertThatThrownBy(() -> BatchHeader.parse(longer))
                .isInstanceOf(CorruptBatchException.class);
    }

    @Test
    void shouldNotAllowAnEpochOrASequenceWithoutAProducer() {
        EncodedBatch batch = encoded();
        assertThat(BatchHeader.validate(ByteBuffer.wrap(batch.withoutProducer())).isIdempotent())
                .isFalse();
        assertThatThrownBy(() -> BatchHeader.validate(ByteBuffer.wrap(batch.stamp(0, 1, 0))))
                .hasMessageContaining("producer epoch");
        assertThatThrownBy(() -> BatchHeader.validate(ByteBuffer.wrap(batch.stamp(0, 0, 1))))
                .hasMessageContaining("first sequence");
        assertThatThrownBy(
                        () ->
                                BatchHeader.validate(
                                        ByteBuffer.wrap(batch.stamp(1, 0, Long.MAX_VALUE))))
                .hasMessageContaining("first sequence");
    }

    private static byte[] batch() {
        return encoded().stamp(7, 1, 100);
    }

    private static EncodedBatch encoded() {
        return new RecordBatchBuilder()
                .append(new Record(1_700_000_000_000L, null, new byte[40]))
                .build(Compression.NONE);
    }
}
