package io.millrace.client.membership;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.CommitOffsets;
import io.millrace.v1.CommitResult;
import io.millrace.v1.CommittedOffset;
import io.millrace.v1.MemberRequest;
import io.millrace.v1.ReleasePartitions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Commits and releases that were not answered yet, in their order. They outlive a stream: what it
 * leaves unanswered is sent again on the next one, which changes nothing if it was done. Guarded by
 * its owner's lock.
 */
final class Requests {
    /** Answers that a coordinator owes at a time. */
    private static final int MAX_SENT = 16;

    private static final int MAX_WAITING = 1_000;

    private static final class Request {
        private final MemberRequest message;
        private final CompletableFuture<CommitResult> answer = new CompletableFuture<>();
        private boolean sent;

        Request(MemberRequest message) {
            this.message = message;
        }
    }

    private final Map<Long, Request> byId = new LinkedHashMap<>();
    private long lastId;

    /**
     * Adds a commit or a release.
     *
     * @throws MillraceException OVERLOADED if too many wait
     */
    CompletableFuture<CommitResult> add(List<CommittedOffset> offsets, boolean release) {
        if (byId.size() >= MAX_WAITING && !release) {
            throw MillraceException.of(
                    ErrorCode.OVERLOADED,
                    MAX_WAITING + " commits wait for an answer; commit less often");
        }
        long id = ++lastId;
        MemberRequest.Builder message = MemberRequest.newBuilder();
        if (release) {
            message.setRelease(
                    ReleasePartitions.newBuilder().setCorrelationId(id).addAllPartitions(offsets));
        } else {
            message.setCommit(
                    CommitOffsets.newBuilder().setCorrelationId(id).addAllOffsets(offsets));
        }
        Request request = new Request(message.build());
        byId.put(id, request);
        return request.answer;
    }

    /** Sends what may be sent now. */
    void send(Consumer<MemberRequest.Builder> stream) {
        int sent = 0;
        for (Request request : byId.values()) {
            if (sent++ == MAX_SENT) {
                return;
            }
            if (!request.sent) {
                request.sent = true;
                stream.accept(request.message.toBuilder());
            }
        }
    }

    /** The stream has gone: what it has not answered is to be sent again. */
    void unsend() {
        byId.values().forEach(request -> request.sent = false);
    }

    /**
     * An answer has come.
     *
     * @return gives it to whoever waits; to be run without locks
     */
    Runnable answered(CommitResult result) {
        Request request = byId.remove(result.getCorrelationId());
        return request == null ? () -> {} : () -> request.answer.complete(result);
    }

    /**
     * None will be answered.
     *
     * @return tells those who wait; to be run without locks
     */
    Runnable fail(MillraceException why) {
        List<Request> all = new ArrayList<>(byId.values());
        byId.clear();
        return () -> all.forEach(request -> request.answer.completeExceptionally(why));
    }
}
