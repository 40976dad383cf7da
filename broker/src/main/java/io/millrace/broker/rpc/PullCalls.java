package io.millrace.broker.rpc;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.millrace.broker.partition.StoredBatch;
import io.millrace.broker.pull.PullRefusedException;
import io.millrace.broker.pull.PullSource;
import io.millrace.broker.pull.PulledChunk;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.PeerServiceGrpc;
import io.millrace.v1.PullRecordsRequest;
import io.millrace.v1.PulledBatch;
import io.millrace.v1.PulledBatches;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Pulls stored batches from other brokers over gRPC. Thread-safe; blocks. */
public final class PullCalls implements PullSource {

    /** A chunk, or one batch of the largest size, and what goes around it. */
    private static final int MAX_MESSAGE_BYTES = 10 << 20;

    private final PeerChannels channels;

    public PullCalls(PeerChannels channels) {
        this.channels = channels;
    }

    @Override
    public PulledChunk pull(
            int node, int shard, long partitionId, long from, long to, Duration deadline)
            throws IOException {
        PullRecordsRequest request =
                PullRecordsRequest.newBuilder()
                        .setShard(shard)
                        .setPartitionId(partitionId)
                        .setFromOffset(from)
                        .setToOffset(to)
                        .build();
        try {
            Iterator<PulledBatches> answers =
                    PeerServiceGrpc.newBlockingStub(channels.bulk(node))
                            .withMaxInboundMessageSize(MAX_MESSAGE_BYTES)
                            .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)
                            .pullRecords(request);
            if (!answers.hasNext()) {
                throw new IOException("broker " + node + " has given no answer to a pull");
            }
            PulledChunk chunk = chunk(answers.next());
            while (answers.hasNext()) {
                answers.next(); // one chunk a call; ends the stream in order
            }
            return chunk;
        } catch (StatusRuntimeException e) {
            throw failure(node, e);
        }
    }

    private static PulledChunk chunk(PulledBatches answer) {
        List<StoredBatch> batches = answer.getBatchesList().stream().map(PullCalls::batch).toList();
        return new PulledChunk(answer.getLogStartOffset(), batches);
    }

    private static StoredBatch batch(PulledBatch batch) {
        return new StoredBatch(
                batch.getBaseOffset(),
                batch.getRecordCount(),
                batch.getRaftIndex(),
                batch.getLeaderEpoch(),
                batch.getAppendTimeMs(),
                ByteBuffer.wrap(batch.getBatch().toByteArray()));
    }

    private static IOException failure(int node, StatusRuntimeException status) {
        MillraceException failure = WireError.fromThrowable(status);
        if (failure.code() == ErrorCode.BEHIND) {
            return new PullRefusedException(failure.getMessage());
        }
        String what =
                status.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED
                        ? "has not answered in time"
                        : "cannot be pulled from: " + failure.getMessage();
        return new IOException("broker " + node + " " + what, status);
    }
}
