package io.millrace.protocol.error;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.millrace.v1.ErrorDetail;
import io.millrace.v1.ErrorReason;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WireErrorTest {
    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void shouldBeTheSameAfterAStatus(ErrorCode code) throws Exception {
        MillraceException failure = failure(code);
        StatusRuntimeException status = WireError.toStatus(failure);

        assertThat(status.getStatus().getCode()).isEqualTo(code.status());
        com.google.rpc.Status rich = StatusProto.fromThrowable(status);
        ErrorInfo info = rich.getDetails(0).unpack(ErrorInfo.class);
        assertThat(info.getReason()).isEqualTo(code.name());
        assertThat(info.getDomain()).isEqualTo("millrace.io");
        assertThat(info.getMetadataMap()).containsEntry("limit", "5");
        RetryInfo retry = rich.getDetails(2).unpack(RetryInfo.class);
        assertThat(retry.getRetryDelay().getSeconds()).isEqualTo(1);
        assertThat(retry.getRetryDelay().getNanos()).isEqualTo(500_000_000);
        assertSame(WireError.fromThrowable(status), failure);
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void shouldBeTheSameAfterADetail(ErrorCode code) {
        assertSame(WireError.fromDetail(WireError.toDetail(failure(code))), failure(code));
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void shouldHaveANumberOfItsOwnAndTheNameOfItsReason(ErrorCode code) {
        assertThat(ErrorReason.forNumber(code.number()).name()).isEqualTo(code.name());
        assertThat(ErrorCode.ofReason(code.reason())).contains(code);
    }

    @Test
    void shouldHaveACodeForEachReason() {
        assertThat(ErrorCode.values()).hasSize(ErrorReason.values().length - 2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"OK"})
    void shouldTakeTheOutcomeForUnknownWhenTheStatusIsNotOurs(Status.Code code) {
        MillraceException failure =
                WireError.fromThrowable(code.toStatus().withDescription("io").asException());
        assertThat(failure.outcome()).isEqualTo(WriteOutcome.UNKNOWN);
        assertThat(failure).hasMessageContaining(code.name()).hasMessageContaining("io");
    }

    @Test
    void shouldTakeAReasonOfANewerBrokerForInternal() {
        MillraceException failure =
                WireError.fromDetail(
                        ErrorDetail.newBuilder()
                                .setReasonValue(4_711)
                                .setMessage("new")
                                .setOutcomeValue(99)
                                .setRetryValue(99)
                                .build());
        assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(failure.outcome()).isEqualTo(WriteOutcome.UNKNOWN);
        assertThat(failure).hasMessageContaining("4711").hasMessageContaining("new");
    }

    @Test
    void shouldKeepWithinTheLimitsOfAMessage() {
        MillraceException failure = MillraceException.of(ErrorCode.INTERNAL, "m".repeat(5_000));
        for (int i = 0; i < 50; i++) {
            failure = failure.with("k" + i, "v".repeat(5_000));
        }
        ErrorDetail detail = WireError.toDetail(failure);
        assertThat(detail.getMessage()).hasSize(1_000);
        assertThat(detail.getMetadataMap()).hasSize(20);
        assertThat(detail.getSerializedSize()).isLessThan(16_000);
    }

    @Test
    void shouldSurviveDetailsThatCannotBeRead() {
        com.google.rpc.Status status =
                com.google.rpc.Status.newBuilder()
                        .setCode(14)
                        .addDetails(
                                Any.newBuilder()
                                        .setTypeUrl(
                                                "type.googleapis.com/"
                                                        + ErrorDetail.getDescriptor().getFullName())
                                        .setValue(com.google.protobuf.ByteString.copyFromUtf8("x")))
                        .build();
        assertThat(WireError.fromThrowable(StatusProto.toStatusException(status)).code())
                .isEqualTo(ErrorCode.NOT_READY);
    }

    private static MillraceException failure(ErrorCode code) {
        return MillraceException.of(code, "five at most")
                .with("limit", 5)
                .with(MillraceException.LEADER, "b2:7400")
                .withRetryAfterMs(1_500);
    }

    private static void assertSame(MillraceException actual, MillraceException expected) {
        assertThat(actual.code()).isEqualTo(expected.code());
        assertThat(actual.getMessage()).isEqualTo(expected.getMessage());
        assertThat(actual.outcome()).isEqualTo(expected.outcome());
        assertThat(actual.retry()).isEqualTo(expected.retry());
        assertThat(actual.retryAfterMs()).isEqualTo(1_500);
        assertThat(actual.metadata()).isEqualTo(Map.of("limit", "5", "leader", "b2:7400"));
        assertThat(actual.leader()).contains("b2:7400");
    }
}
