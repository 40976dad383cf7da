package io.millrace.protocol.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.millrace.v1.BatchAppend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BatchBytesTest {
    private static final byte[] BATCH =
            new RecordBatchBuilder()
                    .append(new Record(1, null, new byte[5_000]))
                    .build(Compression.NONE)
                    .stamp(7, 1, 100);

    /** As gRPC parses it when it copies, and when it does not. */
    @Test
    void shouldShowTheArrayOfABatchInAMessage() throws IOException {
        byte[] message =
                BatchAppend.newBuilder()
                        .setCorrelationId(1)
                        .setBatch(ByteString.copyFrom(BATCH))
                        .setTimeoutMs(1)
                        .build()
                        .toByteArray();
        check(BatchAppend.parseFrom(message).getBatch(), true);

        CodedInputStream aliasing = UnsafeByteOperations.unsafeWrap(message).newCodedInput();
        aliasing.enableAliasing(true);
        ByteString aliased = BatchAppend.parseFrom(aliasing).getBatch();
        check(aliased, true);
        assertThat(BatchBytes.of(aliased).array()).isSameAs(message);
    }

    @Test
    void shouldShowAPartOfAnArray() {
        byte[] placed = new byte[BATCH.length + 20];
        System.arraycopy(BATCH, 0, placed, 13, BATCH.length);
        ByteString part = UnsafeByteOperations.unsafeWrap(placed, 13, BATCH.length);
        check(part, true);
        assertThat(BatchBytes.of(part).array()).isSameAs(placed);
        check(UnsafeByteOperations.unsafeWrap(placed).substring(13, 13 + BATCH.length), true);
    }

    @Test
    void shouldReadBatchesThatLieElsewhere() {
        ByteBuffer direct = ByteBuffer.allocateDirect(BATCH.length + 3);
        direct.position(3).put(BATCH).position(3);
        check(UnsafeByteOperations.unsafeWrap(direct), false);
        ByteBuffer locked = ByteBuffer.wrap(BATCH).asReadOnlyBuffer();
        check(UnsafeByteOperations.unsafeWrap(locked), false);
    }

    @Test
    void shouldReadBatchesInPieces() {
        for (int cut = 0; cut <= BATCH.length; cut += 67) {
            check(
                    ByteString.copyFrom(BATCH, 0, cut)
                            .concat(ByteString.copyFrom(BATCH, cut, BATCH.length - cut)),
                    true);
        }
        assertThat(BatchBytes.of(ByteString.EMPTY).remaining()).isZero();
    }

    @Test
    void shouldGiveTheRoomBeforeABatchWithIt() {
        byte[] placed = new byte[BATCH.length + 20];
        System.arraycopy(BATCH, 0, placed, 13, BATCH.length);
        ByteString part = UnsafeByteOperations.unsafeWrap(placed, 13, BATCH.length);
        for (int room : new int[] {0, 1, 12, 13, 14, 100}) {
            ByteBuffer found = BatchBytes.withRoom(part, room);
            assertThat(found.position()).isEqualTo(Math.min(room, 13));
            assertThat(found.array()).isSameAs(placed);
            assertThat(found.slice()).isEqualTo(ByteBuffer.wrap(BATCH));
            assertThat(RecordBatch.validated(found).records()).hasSize(1);
        }
        ByteBuffer locked = ByteBuffer.wrap(placed, 13, BATCH.length).asReadOnlyBuffer();
        ByteBuffer found = BatchBytes.withRoom(UnsafeByteOperations.unsafeWrap(locked), 13);
        assertThat(found.position()).isZero();
        assertThat(found).isEqualTo(ByteBuffer.wrap(BATCH));
    }

    private static void check(ByteString string, boolean array) {
        ByteBuffer found = BatchBytes.of(string);
        assertThat(found.hasArray()).isEqualTo(array);
        assertThat(found.position()).isZero();
        assertThat(found.capacity()).isEqualTo(BATCH.length);
        byte[] bytes = new byte[found.remaining()];
        found.get(0, bytes);
        assertThat(Arrays.equals(bytes, BATCH)).isTrue();
        assertThat(RecordBatch.validated(found).records()).hasSize(1);
    }
}
