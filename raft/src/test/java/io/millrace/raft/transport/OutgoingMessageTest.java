package io.millrace.raft.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.RaftOutter.EntryMeta;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Drainable;
import io.millrace.raft.transport.FrameFormat.Type;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Messages that are sent from where they lie. */
final class OutgoingMessageTest {

    private static final int[] SIZES = {0, 1, 4095, 4096, 4097, 16_383, 16_384, 65_536, 1 << 20};

    private final Random random = new Random(7);

    private byte[] random(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    private static AppendEntriesRequest append(ByteString data, int entries) {
        AppendEntriesRequest.Builder append =
                AppendEntriesRequest.newBuilder()
                        .setGroupId("group")
                        .setServerId("node:1:1")
                        .setPeerId("node:2:1")
                        .setTerm(3)
                        .setPrevLogIndex(1L << 40)
                        .setPrevLogTerm(2)
                        .setCommittedIndex(12)
                        .setData(data);
        for (int i = 0; i < entries; i++) {
            append.addEntries(
                    EntryMeta.newBuilder()
                            .setTerm(3)
                            .setType(EntryType.ENTRY_TYPE_DATA)
                            .setDataLen(data.size() / entries));
        }
        return append.build();
    }

    /** The ways in which gRPC takes a frame. */
    private static List<byte[]> sent(Frame frame) throws IOException {
        FrameMarshaller marshaller = new FrameMarshaller();
        List<byte[]> ways = new ArrayList<>();
        ByteArrayOutputStream drained = new ByteArrayOutputStream();
        InputStream stream = marshaller.stream(frame);
        int announced = stream.available();
        assertThat(((Drainable) stream).drainTo(drained)).isEqualTo(announced);
        ways.add(drained.toByteArray());
        ways.add(marshaller.stream(frame).readAllBytes());
        ByteArrayOutputStream mixed = new ByteArrayOutputStream();
        InputStream half = marshaller.stream(frame);
        mixed.write(half.read());
        mixed.write(half.readNBytes(announced / 2));
        ((Drainable) half).drainTo(mixed);
        ways.add(mixed.toByteArray());
        return ways;
    }

    @Test
    void shouldSendTheSameBytesAsACopiedMessage() throws Exception {
        for (int size : SIZES) {
            byte[] bytes = random(size);
            ByteBuffer direct = ByteBuffer.allocateDirect(size).put(bytes).flip();
            ByteString whole = UnsafeByteOperations.unsafeWrap(bytes);
            List<ByteString> kinds =
                    List.of(
                            whole,
                            UnsafeByteOperations.unsafeWrap(bytes, size / 3, size - size / 3),
                            UnsafeByteOperations.unsafeWrap(direct),
                            UnsafeByteOperations.unsafeWrap(
                                    ByteBuffer.wrap(bytes).asReadOnlyBuffer()),
                            whole.concat(whole).concat(whole));
            for (ByteString data : kinds) {
                AppendEntriesRequest append = append(data, 1 + random.nextInt(70));
                byte[] copied =
                        FrameFormat.write(Type.REQUEST, RaftMethod.APPEND, 99, append).array();
                OutgoingMessage message = FrameFormat.request(RaftMethod.APPEND, 99, append);
                assertThat(message.bytes()).isEqualTo(copied.length);
                assertThat(message.kept()).isEqualTo(ByteBuffer.wrap(copied));
                for (byte[] sent : sent(new Frame(message.parts()))) {
                    assertThat(sent).isEqualTo(copied);
                }
                Frame received = new FrameMarshaller().parse(new ByteArrayInputStream(copied));
                assertThat(FrameFormat.read(received).get(0).message()).isEqualTo(append);
            }
        }
    }

    @Test
    void shouldNotCopyTheDataOfAnAppend() {
        byte[] bytes = random(1 << 20);
        AppendEntriesRequest append =
                append(UnsafeByteOperations.unsafeWrap(bytes, 1000, 500_000), 3);

        OutgoingMessage message = FrameFormat.request(RaftMethod.APPEND, 1, append);

        assertThat(message.own().capacity()).isLessThan(200);
        assertThat(message.lent()).hasSize(1);
        assertThat(message.lent().get(0).array()).isSameAs(bytes);
    }

    /** A stream that takes what it is told to take. */
    private static final class Stream implements Outgoing.Sink {
        final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        boolean ready = true;

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void send(Frame frame) {
            try {
                taken.write(sent(frame).get(0));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** jraft uses the buffer again, once the answer is there or has not come in time. */
    @Test
    void shouldNotLookAtLentBytesAfterTheCallReadyOrNot() {
        Stream stream = new Stream();
        Outgoing outgoing = new Outgoing(stream, 64 << 20);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        byte[] lent = new byte[200_000];
        for (int i = 0; i < 300; i++) {
            stream.ready = random.nextInt(3) > 0;
            if (stream.ready && random.nextBoolean()) {
                outgoing.drain();
            }
            random.nextBytes(lent);
            int size = random.nextInt(lent.length);
            AppendEntriesRequest append = append(UnsafeByteOperations.unsafeWrap(lent, 0, size), 2);
            expected.writeBytes(
                    FrameFormat.write(Type.REQUEST, RaftMethod.APPEND, i, append).array());
            OutgoingMessage message = FrameFormat.request(RaftMethod.APPEND, i, append);
            if (random.nextInt(10) == 0) {
                outgoing.release();
                outgoing.hold(message);
                outgoing.release();
            } else {
                assertThat(outgoing.offer(message)).isEqualTo(Outgoing.Fate.TAKEN);
            }
            Arrays.fill(lent, (byte) 0x55);
        }
        stream.ready = true;
        outgoing.drain();
        assertThat(outgoing.waitingBytes()).isZero();
        assertThat(stream.taken.toByteArray()).isEqualTo(expected.toByteArray());
    }

    @Test
    void shouldNotTakeMoreThanMayWait() {
        Stream stream = new Stream();
        stream.ready = false;
        Outgoing outgoing = new Outgoing(stream, 100_000);
        ByteString data = ByteString.copyFrom(random(60_000));
        OutgoingMessage message = FrameFormat.request(RaftMethod.APPEND, 1, append(data, 1));

        assertThat(outgoing.offer(message)).isEqualTo(Outgoing.Fate.TAKEN);
        assertThat(outgoing.waitingBytes()).isEqualTo(message.bytes());
        assertThat(outgoing.offer(message)).isEqualTo(Outgoing.Fate.FULL);
        outgoing.close();
        assertThat(outgoing.offer(message)).isEqualTo(Outgoing.Fate.CLOSED);
        assertThat(stream.taken.size()).isZero();
    }
}
