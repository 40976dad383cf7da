package io.millrace.tests.history;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.millrace.protocol.batch.CorruptBatchException;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatch;
import io.millrace.v1.Credit;
import io.millrace.v1.DeliveredBatch;
import io.millrace.v1.PartitionStart;
import io.millrace.v1.Position;
import io.millrace.v1.ReadConsistency;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeServiceGrpc;
import io.millrace.v1.SubscribeStart;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Reads what one node itself holds, without an SDK that would find another one. */
final class NodeReader implements AutoCloseable {

    private static final int CREDIT_BYTES = 4 << 20;
    private static final int CREDIT_RECORDS = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long RETRY_NANOS = 200_000_000;

    private final int node;
    private final ManagedChannel channel;
    private final String topic;
    private final HistoryWriter history;

    NodeReader(int node, String address, String topic, HistoryWriter history) {
        this.node = node;
        this.channel = ManagedChannelBuilder.forTarget(address).usePlaintext().build();
        this.topic = topic;
        this.history = history;
    }

    /** Reads a partition from its start to an end; a node that lags is waited for. */
    void read(int partition, long end) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long next = 0;
        String last = "nothing was said";
        while (next < end) {
            Stream stream = new Stream(partition, next);
            long before = next;
            next = stream.readTo(end);
            last = stream.problem;
            if (next > before) {
                deadline = System.nanoTime() + PATIENCE.toNanos();
            } else if (System.nanoTime() > deadline) {
                throw new IOException(
                        "node %d gave partition %d up to %d, but not to its end %d: %s"
                                .formatted(node, partition, next, end, last));
            } else {
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
        history.finalEnd(node, partition, end);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    /** One subscription. */
    private final class Stream implements StreamObserver<SubscribeResponse> {
        private final int partition;
        private final BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
        private final StreamObserver<SubscribeRequest> requests;
        private long next;
        private String problem = "it fell silent";

        Stream(int partition, long from) {
            this.partition = partition;
            this.next = from;
            this.requests = SubscribeServiceGrpc.newStub(channel).subscribe(this);
            Position position =
                    from == 0
                            ? Position.newBuilder().setEarliest(true).build()
                            : Position.newBuilder().setOffset(from).build();
            requests.onNext(
                    SubscribeRequest.newBuilder()
                            .setStart(
                                    SubscribeStart.newBuilder()
                                            .setProtocolVersion(1)
                                            .setConsistency(
                                                    ReadConsistency.READ_CONSISTENCY_EVENTUAL)
                                            .setInitialCredit(credit(CREDIT_BYTES))
                                            .addPartitions(
                                                    PartitionStart.newBuilder()
                                                            .setHandle(1)
                                                            .setTopic(topic)
                                                            .setPartition(partition)
                                                            .setPosition(position)))
                            .build());
        }

        private Credit credit(long bytes) {
            return Credit.newBuilder().setBytes(bytes).setRecords(CREDIT_RECORDS).build();
        }

        /** Reads until the end, or until nothing comes any more; gives the next offset. */
        long readTo(long end) throws InterruptedException {
            while (next < end) {
                Object answer = answers.poll(10, TimeUnit.SECONDS);
                if (!(answer instanceof SubscribeResponse response)) {
                    problem = answer == null ? problem : answer.toString();
                    break;
                }
                if (response.hasEnd()) {
                    problem = response.getEnd().toString();
                    break;
                }
                if (response.hasGap()) {
                    next = response.getGap().getToOffset();
                } else if (response.hasBatch()) {
                    take(response.getBatch(), end);
                    requests.onNext(
                            SubscribeRequest.newBuilder()
                                    .setCredit(credit(response.getBatch().getBatch().size()))
                                    .build());
                }
            }
            requests.onCompleted();
            return next;
        }

        private void take(DeliveredBatch batch, long end) {
            long offset = batch.getBaseOffset();
            try {
                for (Record record :
                        RecordBatch.validated(batch.getBatch().asReadOnlyByteBuffer())) {
                    if (offset >= next && offset < end) {
                        take(offset, record);
                    }
                    offset++;
                }
            } catch (CorruptBatchException e) {
                history.readCorrupt(partition, offset);
            }
            next = Math.max(next, batch.getBaseOffset() + batch.getRecordCount());
        }

        private void take(long offset, Record record) {
            OptionalLong value = Payload.value(record.value(), partition);
            if (value.isPresent()) {
                history.finalRead(node, partition, offset, value.getAsLong());
            } else {
                history.readCorrupt(partition, offset);
            }
        }

        @Override
        public void onNext(SubscribeResponse response) {
            answers.add(response);
        }

        @Override
        public void onError(Throwable failure) {
            answers.add(failure);
        }

        @Override
        public void onCompleted() {
            answers.add("it has ended the stream");
        }
    }
}
