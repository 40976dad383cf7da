package io.millrace.broker.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.controller.ShardImage;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.CreateTopicRequest;
import io.millrace.v1.DeleteTopicRequest;
import io.millrace.v1.DescribeTopicRequest;
import io.millrace.v1.FindOffsetsRequest;
import io.millrace.v1.FindOffsetsResponse;
import io.millrace.v1.FoundOffset;
import io.millrace.v1.PartitionState;
import io.millrace.v1.ReadConsistency;
import io.millrace.v1.SeenOffset;
import io.millrace.v1.TrimTopicRequest;
import io.millrace.v1.TrimTopicResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A topic whose partition 0 is here and whose partition 1 is led by another broker. */
final class PartitionsElsewhereTest {

    private OneBroker broker;

    @BeforeEach
    void placeOnePartitionElsewhere() throws IOException {
        broker = new OneBroker();
        broker.register(2, "other");
        broker.create("t", 2);
        broker.append("t", 0, 5);
        int shard = broker.partitions.place("t", 0, 1).shard().shard().id();
        broker.moveAway(shard, 2);
    }

    @Test
    void shouldAskTheBrokerThatLeadsForWhatIsNotHere() {
        FindOffsetsResponse found = broker.partitionAdmin.find(latest().build(), false).join();

        assertThat(found.getOffsetsList())
                .extracting(FoundOffset::getOffset)
                .containsExactly(5L, 100L);
        assertThat(broker.remote.asked).containsExactly("other:7400 find [1]");
    }

    @Test
    void shouldNotPassOnWhatAnotherBrokerAsks() {
        assertThatThrownBy(() -> broker.partitionAdmin.find(latest().build(), true))
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.NOT_LEADER);
                            assertThat(e.leader()).contains("other:7400");
                        });
        assertThat(broker.remote.asked).isEmpty();
    }

    @Test
    void shouldTrimHereAndAtTheLeaderElsewhere() {
        TrimTopicResponse trimmed =
                broker.partitionAdmin
                        .trim(
                                TrimTopicRequest.newBuilder().setName("t").setAll(true).build(),
                                false)
                        .join();

        assertThat(trimmed.getPartitions(0).getLogStartOffset()).isEqualTo(5);
        assertThat(trimmed.getPartitions(1).getLogStartOffset()).isEqualTo(100);
    }

    @Test
    void shouldDescribePartitionsWhereverTheyAre() {
        DescribeTopicRequest request = DescribeTopicRequest.newBuilder().setName("t").build();

        assertThat(broker.partitionAdmin.describe(request, false).join().getPartitionsList())
                .extracting(PartitionState::getLogEndOffset)
                .containsExactly(5L, 100L);
        assertThat(broker.partitionAdmin.describe(request, true).join().getPartitionsList())
                .extracting(PartitionState::getPartition)
                .containsExactly(0);
    }

    @Test
    void shouldCallATopicThatTheOtherBrokerHasNotHeardOfNotReadyAndNotUnknown() {
        broker.remote.failure = ErrorCode.UNKNOWN_TOPIC;

        assertThat(failureOf(broker.partitionAdmin.find(latest().build(), false)).code())
                .isEqualTo(ErrorCode.LEADER_UNAVAILABLE);
    }

    @Test
    void shouldCallATopicThatOnlyTheControllerKnowsNotReadyAndNotUnknown() {
        DescribeTopicRequest other = DescribeTopicRequest.newBuilder().setName("new").build();
        assertThatThrownBy(() -> broker.partitionAdmin.describe(other, false))
                .as("leads the controller itself")
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("no topic \"new\"");

        broker.moveAway(ShardImage.CONTROLLER, 2);

        assertThat(failureOf(broker.partitionAdmin.describe(other, false)).code())
                .isEqualTo(ErrorCode.LEADER_UNAVAILABLE);
        assertThat(broker.remote.asked).containsExactly("other:7400 describe");
        assertThatThrownBy(() -> broker.partitionAdmin.describe(other, true))
                .as("asked by another broker")
                .hasMessageContaining("no topic \"new\"");

        broker.remote.failure = ErrorCode.UNKNOWN_TOPIC;
        MillraceException unknown = failureOf(broker.partitionAdmin.describe(other, false));
        assertThat(unknown.code()).isEqualTo(ErrorCode.UNKNOWN_TOPIC);
        assertThat(unknown).hasMessageContaining("no topic \"new\"");
    }

    @Test
    void shouldCreateTopicsOnlyOnceAllBrokersHaveFollowed() {
        broker.remote.placementVersion = 0;
        CompletableFuture<?> created =
                broker.admin.create(
                        CreateTopicRequest.newBuilder().setName("u").setPartitionCount(2).build());
        assertThat(created).isNotDone();

        broker.remote.placementVersion = Long.MAX_VALUE;
        assertThat(created).succeedsWithin(Duration.ofSeconds(5));
    }

    @Test
    void shouldCountWhatADeletedTopicHeldOnAllBrokersAndWaitForAllToDeleteIt() {
        CompletableFuture<?> deleted =
                broker.admin.delete(DeleteTopicRequest.newBuilder().setName("t").build());
        // The other broker has not said that it is done.
        assertThat(deleted).isNotDone();
        assertThat(broker.remote.asked).containsExactly("other:7400 describe");
    }

    @Test
    void shouldFindOffsetsOfASessionOnceItsOwnWritesAreHere() throws IOException {
        FindOffsetsRequest mine =
                latest().addPartitions(0)
                        .setConsistency(ReadConsistency.READ_CONSISTENCY_SESSION)
                        .addAtLeast(SeenOffset.newBuilder().setPartition(0).setOffset(6))
                        .build();
        CompletableFuture<FindOffsetsResponse> found = broker.partitionAdmin.find(mine, false);
        assertThat(found).isNotDone();

        broker.append("t", 0, 1);
        assertThat(found.join().getOffsets(0).getOffset()).isEqualTo(6);
    }

    @Test
    void shouldNotAskTheLeaderWhenEventual() {
        broker.dataShards.forEach(shard -> shard.barrier = new CompletableFuture<>());
        FindOffsetsRequest eventual =
                latest().addPartitions(0)
                        .setConsistency(ReadConsistency.READ_CONSISTENCY_EVENTUAL)
                        .build();

        assertThat(broker.partitionAdmin.find(eventual, false).join().getOffsets(0).getOffset())
                .isEqualTo(5);
    }

    private static FindOffsetsRequest.Builder latest() {
        return FindOffsetsRequest.newBuilder().setName("t").setLatest(true);
    }

    private static MillraceException failureOf(CompletableFuture<?> call) {
        Throwable failure = call.handle((value, error) -> error).join();
        return (MillraceException)
                (failure instanceof MillraceException ? failure : failure.getCause());
    }
}
