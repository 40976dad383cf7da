package io.millrace.broker.topics;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.DeleteTopicRequest;
import io.millrace.v1.FindOffsetsRequest;
import io.millrace.v1.FindOffsetsResponse;
import io.millrace.v1.FoundOffset;
import io.millrace.v1.TrimTopicRequest;
import io.millrace.v1.TrimTopicResponse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PartitionAdminTest {

    private OneBroker broker;

    @BeforeEach
    void start() throws IOException {
        broker = new OneBroker();
        broker.create("t", 2);
        broker.append("t", 0, 5);
        broker.append("t", 1, 7);
    }

    @Test
    void shouldFindOffsetsInTheOrderOfThePartitions() {
        FindOffsetsResponse found =
                broker.partitionAdmin
                        .find(
                                FindOffsetsRequest.newBuilder()
                                        .setName("t")
                                        .addAllPartitions(List.of(1, 0))
                                        .setLatest(true)
                                        .build(),
                                false)
                        .join();

        assertThat(found.getOffsetsList())
                .extracting(FoundOffset::getPartition)
                .containsExactly(0, 1);
        assertThat(found.getOffsetsList())
                .extracting(FoundOffset::getOffset)
                .containsExactly(5L, 7L);
    }

    @Test
    void shouldLookAtTheLogEndOnlyBehindTheReadBarrier() throws IOException {
        CompletableFuture<Void> barrier = new CompletableFuture<>();
        broker.dataShards.forEach(shard -> shard.barrier = barrier);
        CompletableFuture<FindOffsetsResponse> found = broker.partitionAdmin.find(latest(), false);
        assertThat(found).isNotDone();

        broker.append("t", 0, 1);
        barrier.complete(null);

        assertThat(found.join().getOffsets(0).getOffset()).isEqualTo(6);
    }

    @Test
    void shouldNotFindOffsetsOfATopicThatWasDeletedMeanwhile() {
        CompletableFuture<Void> barrier = new CompletableFuture<>();
        broker.dataShards.forEach(shard -> shard.barrier = barrier);
        CompletableFuture<FindOffsetsResponse> found = broker.partitionAdmin.find(latest(), false);
        CompletableFuture<TrimTopicResponse> trimmed =
                broker.partitionAdmin.trim(
                        TrimTopicRequest.newBuilder().setName("t").setAll(true).build(), false);
        broker.admin.delete(DeleteTopicRequest.newBuilder().setName("t").build()).join();
        barrier.complete(null);

        assertThat(codeOf(found)).isEqualTo(ErrorCode.UNKNOWN_TOPIC);
        assertThat(codeOf(trimmed)).isEqualTo(ErrorCode.UNKNOWN_TOPIC);
    }

    @Test
    void shouldSayThatTheLeaderDidNotConfirm() {
        broker.dataShards.forEach(
                shard ->
                        shard.barrier =
                                CompletableFuture.failedFuture(new IllegalStateException("none")));

        assertThat(codeOf(broker.partitionAdmin.find(latest(), false)))
                .isEqualTo(ErrorCode.LEADER_UNAVAILABLE);
    }

    @Test
    void shouldTrimOrOnlySayWhatItWouldDo() {
        TrimTopicRequest request =
                TrimTopicRequest.newBuilder().setName("t").addPartitions(1).setOffset(4).build();
        TrimTopicResponse planned =
                broker.partitionAdmin
                        .trim(request.toBuilder().setValidateOnly(true).build(), false)
                        .join();
        assertThat(planned.getPartitions(0).getLogStartOffset()).isEqualTo(4);
        assertThat(broker.partitions.place("t", 0, 1).view().log().startOffset()).isZero();

        TrimTopicResponse trimmed = broker.partitionAdmin.trim(request, false).join();

        assertThat(trimmed).isEqualTo(planned);
        assertThat(broker.partitions.place("t", 0, 1).view().log().startOffset()).isEqualTo(4);
        assertThat(broker.partitions.place("t", 0, 0).view().log().startOffset()).isZero();
    }

    @Test
    void shouldRefuseToTrimBeyondTheLogEndAndWhatIsNamedTwice() {
        assertThat(
                        codeOf(
                                broker.partitionAdmin.trim(
                                        TrimTopicRequest.newBuilder()
                                                .setName("t")
                                                .setOffset(6)
                                                .build(),
                                        false)))
                .isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        // Nothing is trimmed if one partition cannot be.
        assertThat(broker.partitions.place("t", 0, 1).view().log().startOffset()).isZero();
        assertThat(
                        codeOf(
                                broker.partitionAdmin.trim(
                                        TrimTopicRequest.newBuilder().setName("t").build(), false)))
                .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    private static FindOffsetsRequest latest() {
        return FindOffsetsRequest.newBuilder().setName("t").setLatest(true).build();
    }

    private static ErrorCode codeOf(CompletableFuture<?> call) {
        Throwable failure = call.handle((value, error) -> error).join();
        Throwable cause = failure instanceof MillraceException ? failure : failure.getCause();
        return ((MillraceException) cause).code();
    }
}
