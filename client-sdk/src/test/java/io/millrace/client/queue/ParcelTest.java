package io.millrace.client.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatchBuilder;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.AssignedPartition;
import io.millrace.v1.DeliveredRecord;
import io.millrace.v1.QueueDelivery;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParcelTest {
    @Test
    void shouldGiveOnlyTheRecordsThatAreDelivered() {
        Parcel parcel = parcel(batch("a", "b", "c"), 10, 12);
        parcel.read();
        List<LeasedDelivery> deliveries = parcel.drain();
        assertThat(deliveries)
                .extracting(it -> it.record().offset() + it.record().valueText())
                .containsExactly("10a", "12c");
        assertThat(deliveries).allMatch(it -> it.record().topic().equals("t"));
    }

    @Test
    void shouldSayThatABatchIsDamagedOrTooShort() {
        byte[] damaged = batch("a", "b");
        damaged[damaged.length - 1] ^= 1;
        assertDamaged(parcel(damaged, 10));
        assertDamaged(parcel(batch("a", "b"), 12));
    }

    private static void assertDamaged(Parcel parcel) {
        assertThatThrownBy(parcel::read)
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_LOG));
        assertThat(parcel.isRead()).isFalse();
    }

    private static Parcel parcel(byte[] batch, long... offsets) {
        QueueDelivery.Builder message =
                QueueDelivery.newBuilder()
                        .setHandle(1)
                        .setBaseOffset(10)
                        .setBatch(ByteString.copyFrom(batch));
        for (long offset : offsets) {
            message.addRecords(
                    DeliveredRecord.newBuilder().setOffset(offset).setDeliveryId(offset));
        }
        QueueSource source =
                new QueueSource(1, AssignedPartition.newBuilder().setTopic("t").build(), false);
        CreditPool.Line line = new CreditPool(1, 1).open();
        return new Parcel(word -> {}, source, line, message.build(), 1_000, 0);
    }

    private static byte[] batch(String... values) {
        RecordBatchBuilder builder = new RecordBatchBuilder();
        for (String value : values) {
            builder.append(new Record(1, null, value.getBytes()));
        }
        return builder.build(Compression.NONE).withoutProducer();
    }
}
