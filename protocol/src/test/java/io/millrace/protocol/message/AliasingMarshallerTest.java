package io.millrace.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.millrace.protocol.batch.BatchBytes;
import io.millrace.v1.BatchAppend;
import io.millrace.v1.DeliveredBatch;
import io.millrace.v1.Heartbeat;
import io.millrace.v1.PublishRequest;
import io.millrace.v1.PublishServiceGrpc;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AliasingMarshallerTest {
    private static final MethodDescriptor.Marshaller<SubscribeResponse> MARSHALLER =
            AliasingMarshaller.ofResponses(
                            SubscribeServiceGrpc.getSubscribeMethod(), SubscribeResponse.parser())
                    .getResponseMarshaller();

    private static final byte[] BATCH = new byte[300];
    private static final SubscribeResponse DELIVERY;

    static {
        new Random(1).nextBytes(BATCH);
        DELIVERY =
                SubscribeResponse.newBuilder()
                        .setBatch(
                                DeliveredBatch.newBuilder()
                                        .setHandle(1)
                                        .setBaseOffset(100)
                                        .setRecordCount(3)
                                        .setBatch(ByteString.copyFrom(BATCH)))
                        .build();
    }

    @Test
    void shouldLeaveTheBytesInTheOneArrayOfTheMessage() {
        byte[] wire = DELIVERY.toByteArray();
        SubscribeResponse parsed = MARSHALLER.parse(new Pieces(wire, wire.length, wire.length));

        assertThat(parsed).isEqualTo(DELIVERY);
        ByteBuffer batch = BatchBytes.of(parsed.getBatch().getBatch());
        assertThat(batch.array()).hasSameSizeAs(wire).isNotSameAs(wire);
    }

    /** gRPC's buffers are used again at once. */
    @Test
    void shouldKeepNothingOfTheBuffersThatItReads() {
        byte[] wire = DELIVERY.toByteArray();
        SubscribeResponse parsed = MARSHALLER.parse(new Pieces(wire, wire.length, wire.length));
        Arrays.fill(wire, (byte) 0);
        assertThat(parsed).isEqualTo(DELIVERY);
    }

    @Test
    void shouldReadAMessageInPiecesOfAnySize() {
        byte[] wire = DELIVERY.toByteArray();
        for (int size = 1; size <= wire.length; size++) {
            assertThat(MARSHALLER.parse(new Pieces(wire, wire.length, size))).isEqualTo(DELIVERY);
        }
        assertThat(MARSHALLER.parse(new ByteArrayInputStream(wire)))
                .as("a stream that does not know its length")
                .isEqualTo(DELIVERY);
        assertThat(MARSHALLER.parse(MARSHALLER.stream(DELIVERY)))
                .as("a message that never was on the wire")
                .isEqualTo(DELIVERY);
    }

    @Test
    void shouldLeaveRoomBeforeARequest() {
        MethodDescriptor.Marshaller<PublishRequest> requests =
                AliasingMarshaller.ofRequests(
                                PublishServiceGrpc.getPublishMethod(), PublishRequest.parser(), 32)
                        .getRequestMarshaller();
        PublishRequest request =
                PublishRequest.newBuilder()
                        .setAppend(BatchAppend.newBuilder().setBatch(ByteString.copyFrom(BATCH)))
                        .build();
        byte[] wire = request.toByteArray();
        for (InputStream stream :
                List.of(new Pieces(wire, wire.length, 7), new ByteArrayInputStream(wire))) {
            PublishRequest parsed = requests.parse(stream);
            assertThat(parsed).isEqualTo(request);
            ByteBuffer batch = BatchBytes.withRoom(parsed.getAppend().getBatch(), 32);
            assertThat(batch.position()).isEqualTo(32);
            batch.put(0, new byte[32]);
            assertThat(parsed).isEqualTo(request);
        }
    }

    @Test
    void shouldReadMessagesWithoutBytes() {
        SubscribeResponse heartbeat =
                SubscribeResponse.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build();
        byte[] wire = heartbeat.toByteArray();
        assertThat(MARSHALLER.parse(new Pieces(wire, wire.length, 1))).isEqualTo(heartbeat);
        assertThat(MARSHALLER.parse(new Pieces(new byte[0], 0, 1)))
                .isEqualTo(SubscribeResponse.getDefaultInstance());
    }

    @Test
    void shouldRefuseAMessageCutAnywhere() {
        byte[] wire = DELIVERY.toByteArray();
        for (int cut = 1; cut < wire.length; cut++) {
            Pieces pieces = new Pieces(Arrays.copyOf(wire, cut), cut, cut);
            assertThatThrownBy(() -> MARSHALLER.parse(pieces))
                    .as("cut at %d", cut)
                    .satisfies(
                            e ->
                                    assertThat(Status.fromThrowable(e).getCode())
                                            .isEqualTo(Status.Code.INTERNAL));
        }
    }

    @Test
    void shouldRefuseAMessageOfAnotherLengthThanAnnounced() {
        byte[] wire = DELIVERY.toByteArray();
        for (int off : new int[] {-1, 1}) {
            Pieces pieces = new Pieces(wire, wire.length + off, wire.length);
            assertThatThrownBy(() -> MARSHALLER.parse(pieces))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("another length than announced");
        }
    }

    /** As gRPC shows what has come: of known length, in the pieces in which it came. */
    private static final class Pieces extends FilterInputStream implements KnownLength {
        private final int announced;
        private final int size;

        Pieces(byte[] bytes, int announced, int size) {
            super(new ByteArrayInputStream(bytes));
            this.announced = announced;
            this.size = size;
        }

        @Override
        public int available() {
            return announced;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return super.read(target, offset, Math.min(length, size));
        }
    }
}
