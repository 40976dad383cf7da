package io.millrace.broker.rpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.millrace.broker.partition.StoredBatch;
import io.millrace.broker.pull.PullRefusedException;
import io.millrace.broker.pull.PullServer;
import io.millrace.broker.pull.PulledChunk;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.PullRecordsRequest;
import io.millrace.v1.PulledBatch;
import io.millrace.v1.PulledBatches;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Answers pulls over gRPC, one chunk a call. Thread-safe. */
final class PullAnswers {

    private final PullServer pulls;
    private final Executor reading;

    /**
     * @param reading reads from the disk
     */
    PullAnswers(PullServer pulls, Executor reading) {
        this.pulls = pulls;
        this.reading = reading;
    }

    void answer(PullRecordsRequest request, StreamObserver<PulledBatches> response) {
        ServerCallStreamObserver<PulledBatches> call =
                (ServerCallStreamObserver<PulledBatches>) response;
        call.setOnCancelHandler(() -> {}); // what is read meanwhile is sent to nobody
        UnaryAnswer.later(
                response, () -> CompletableFuture.supplyAsync(() -> read(request, call), reading));
    }

    private PulledBatches read(
            PullRecordsRequest request, ServerCallStreamObserver<PulledBatches> call) {
        if (call.isCancelled()) {
            throw MillraceException.of(ErrorCode.DEADLINE_EXCEEDED, "the pull was given up");
        }
        try {
            return message(
                    pulls.read(
                            request.getShard(),
                            request.getPartitionId(),
                            request.getFromOffset(),
                            request.getToOffset()));
        } catch (PullRefusedException e) {
            throw MillraceException.of(ErrorCode.BEHIND, e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw MillraceException.of(ErrorCode.INVALID_ARGUMENT, e.getMessage(), e);
        } catch (IOException e) {
            throw MillraceException.of(
                    ErrorCode.INTERNAL, "the records could not be read: " + e.getMessage(), e);
        }
    }

    private static PulledBatches message(PulledChunk chunk) {
        PulledBatches.Builder message =
                PulledBatches.newBuilder().setLogStartOffset(chunk.logStartOffset());
        for (StoredBatch batch : chunk.batches()) {
            message.addBatches(
                    PulledBatch.newBuilder()
                            .setBaseOffset(batch.baseOffset())
                            .setRecordCount(batch.recordCount())
                            .setRaftIndex(batch.raftIndex())
                            .setLeaderEpoch(batch.leaderEpoch())
                            .setAppendTimeMs(batch.appendTimeMs())
                            .setBatch(ByteString.copyFrom(batch.batch().duplicate())));
        }
        return message.build();
    }
}
