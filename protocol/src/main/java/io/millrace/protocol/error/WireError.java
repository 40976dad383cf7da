package io.millrace.protocol.error;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.millrace.v1.ErrorDetail;
import io.millrace.v1.ErrorReason;
import java.util.Map;
import java.util.TreeMap;

/**
 * The one mapping between {@link MillraceException} and the wire: a gRPC status with
 * google.rpc.ErrorInfo, RetryInfo and ErrorDetail for a call or stream that fails, an {@link
 * ErrorDetail} alone inside a stream that goes on.
 */
public final class WireError {
    /** The domain in google.rpc.ErrorInfo. */
    public static final String DOMAIN = "millrace.io";

    private static final int MAX_MESSAGE_CHARS = 1_000;
    private static final int MAX_METADATA_ENTRIES = 20;
    private static final int MAX_METADATA_CHARS = 500;

    private WireError() {}

    /** What a broker fails a call or a stream with. */
    public static StatusRuntimeException toStatus(MillraceException failure) {
        ErrorDetail detail = toDetail(failure);
        com.google.rpc.Status.Builder status =
                com.google.rpc.Status.newBuilder()
                        .setCode(failure.code().status().value())
                        .setMessage(detail.getMessage())
                        .addDetails(
                                Any.pack(
                                        ErrorInfo.newBuilder()
                                                .setReason(failure.code().name())
                                                .setDomain(DOMAIN)
                                                .putAllMetadata(detail.getMetadataMap())
                                                .build()))
                        .addDetails(Any.pack(detail));
        if (failure.retryAfterMs() > 0) {
            status.addDetails(Any.pack(retryInfo(failure.retryAfterMs())));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    /** What a broker puts into a stream that goes on. */
    public static ErrorDetail toDetail(MillraceException failure) {
        return ErrorDetail.newBuilder()
                .setReason(failure.code().reason())
                .setMessage(cut(String.valueOf(failure.getMessage()), MAX_MESSAGE_CHARS))
                .putAllMetadata(bounded(failure.metadata()))
                .setRetry(failure.retry().wire())
                .setOutcome(failure.outcome().wire())
                .setRetryAfterMs(failure.retryAfterMs())
                .build();
    }

    /** What a client makes of a failure inside a stream. */
    public static MillraceException fromDetail(ErrorDetail detail) {
        return fromDetail(detail, null);
    }

    /**
     * What a client makes of a failed call or stream.
     *
     * <p>A status without our details comes from gRPC itself or from a proxy: the connection broke,
     * the deadline passed, the address speaks something else. The outcome of a write is UNKNOWN
     * then.
     */
    public static MillraceException fromThrowable(Throwable failure) {
        if (failure instanceof MillraceException known) {
            return known;
        }
        if (!(failure instanceof StatusRuntimeException) && !(failure instanceof StatusException)) {
            return MillraceException.of(ErrorCode.INTERNAL, String.valueOf(failure), failure);
        }
        com.google.rpc.Status status = StatusProto.fromThrowable(failure);
        if (status != null) {
            for (Any any : status.getDetailsList()) {
                if (any.is(ErrorDetail.class)) {
                    try {
                        return fromDetail(any.unpack(ErrorDetail.class), failure);
                    } catch (InvalidProtocolBufferException e) {
                        failure.addSuppressed(e);
                    }
                }
            }
        }
        return fromBareStatus(Status.fromThrowable(failure), failure);
    }

    private static MillraceException fromDetail(ErrorDetail detail, Throwable cause) {
        ErrorCode code = ErrorCode.ofReason(detail.getReason()).orElse(ErrorCode.INTERNAL);
        String message =
                detail.getReason() == ErrorReason.UNRECOGNIZED
                        ? "error " + detail.getReasonValue() + ": " + detail.getMessage()
                        : detail.getMessage();
        return new MillraceException(
                code,
                message,
                detail.getMetadataMap(),
                Retry.ofWire(detail.getRetry(), code),
                WriteOutcome.ofWire(detail.getOutcome()),
                Math.max(0, detail.getRetryAfterMs()),
                cause);
    }

    private static MillraceException fromBareStatus(Status status, Throwable cause) {
        ErrorCode code =
                switch (status.getCode()) {
                    case UNAVAILABLE, CANCELLED -> ErrorCode.NOT_READY;
                    case DEADLINE_EXCEEDED -> ErrorCode.DEADLINE_EXCEEDED;
                    case RESOURCE_EXHAUSTED -> ErrorCode.OVERLOADED;
                    case UNIMPLEMENTED -> ErrorCode.UNSUPPORTED_VERSION;
                    default -> ErrorCode.INTERNAL;
                };
        String text =
                "gRPC status "
                        + status.getCode()
                        + (status.getDescription() == null ? "" : ": " + status.getDescription());
        return MillraceException.of(code, text, cause).withOutcome(WriteOutcome.UNKNOWN);
    }

    private static RetryInfo retryInfo(int milliseconds) {
        return RetryInfo.newBuilder()
                .setRetryDelay(
                        Duration.newBuilder()
                                .setSeconds(milliseconds / 1_000)
                                .setNanos(milliseconds % 1_000 * 1_000_000))
                .build();
    }

    private static TreeMap<String, String> bounded(Map<String, String> metadata) {
        TreeMap<String, String> bounded = new TreeMap<>();
        metadata.forEach((key, value) -> bounded.put(key, cut(value, MAX_METADATA_CHARS)));
        while (bounded.size() > MAX_METADATA_ENTRIES) {
            bounded.pollLastEntry();
        }
        return bounded;
    }

    private static String cut(String text, int limit) {
        return text.length() <= limit ? text : text.substring(0, limit - 1) + "…";
    }
}
