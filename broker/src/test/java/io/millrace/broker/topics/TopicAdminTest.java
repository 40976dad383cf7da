package io.millrace.broker.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.CreateTopicRequest;
import io.millrace.v1.DeleteTopicRequest;
import io.millrace.v1.DeleteTopicResponse;
import io.millrace.v1.DescribeTopicRequest;
import io.millrace.v1.DescribeTopicResponse;
import io.millrace.v1.GrowTopicRequest;
import io.millrace.v1.ListTopicsRequest;
import io.millrace.v1.ListTopicsResponse;
import io.millrace.v1.SetTopicRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class TopicAdminTest {

    private OneBroker broker;

    @BeforeEach
    void start() throws IOException {
        broker = new OneBroker();
    }

    @Test
    void shouldAnswerOnceThePartitionsTakeRecords() {
        broker.create("orders", 3);

        assertThat(broker.partitions.place("orders", 0, 2).view().exists()).isTrue();
        assertThat(
                        broker.partitionAdmin
                                .describe(describe("orders"), false)
                                .join()
                                .getPartitionsList())
                .hasSize(3);
    }

    @Test
    void shouldWaitForAShardThatHasNotFollowed() {
        broker.dataShards.forEach(shard -> shard.stalled = true);

        CompletableFuture<?> created =
                broker.admin.create(CreateTopicRequest.newBuilder().setName("slow").build());

        assertThat(created).isNotDone();
    }

    @Test
    void shouldNotBotherTheLogWithWhatBreaksARule() {
        int before = broker.controllerShard.proposed;

        refused(
                ErrorCode.INVALID_TOPIC_NAME,
                () ->
                        broker.admin.create(
                                CreateTopicRequest.newBuilder()
                                        .setName("a".repeat(5_000))
                                        .build()));
        refused(
                ErrorCode.INVALID_TOPIC_CONFIG,
                () ->
                        broker.admin.create(
                                CreateTopicRequest.newBuilder()
                                        .setName("a")
                                        .putConfig("retention.m", "1")
                                        .build()));
        refused(
                ErrorCode.INVALID_ARGUMENT,
                () ->
                        broker.admin.create(
                                CreateTopicRequest.newBuilder()
                                        .setName("a")
                                        .setPartitionCount(-1)
                                        .build()));

        assertThat(broker.controllerShard.proposed).isEqualTo(before);
    }

    @Test
    void shouldOnlySayWhatWouldBeDone() {
        broker.create("a", 2);
        broker.admin
                .grow(
                        GrowTopicRequest.newBuilder()
                                .setName("a")
                                .setPartitionCount(4)
                                .setValidateOnly(true)
                                .build())
                .join();
        broker.admin
                .delete(DeleteTopicRequest.newBuilder().setName("a").setValidateOnly(true).build())
                .join();

        assertThat(broker.partitionAdmin.describe(describe("a"), false).join().getPartitionsList())
                .hasSize(2);
    }

    @Test
    void shouldPutASettingInForceOnThePartitions() {
        broker.create("a", 1);
        broker.admin
                .set(
                        SetTopicRequest.newBuilder()
                                .setName("a")
                                .putConfig("max.batch.bytes", "2MiB")
                                .build())
                .join();

        assertThat(broker.partitions.target("a", 0, 0).maxBatchBytes()).isEqualTo(2 << 20);
        DescribeTopicResponse described =
                broker.partitionAdmin.describe(describe("a"), false).join();
        assertThat(described.getTopic().getConfigMap()).containsOnlyKeys("max.batch.bytes");
        assertThat(described.getEffectiveConfigMap()).containsKey("retention.ms");
    }

    @Test
    void shouldCountTheRecordsOfADeletedTopic() throws IOException {
        broker.create("a", 2);
        broker.append("a", 0, 3);
        broker.append("a", 1, 4);
        // Shards follow the map at once, so the logs are gone when the decision comes back.
        broker.controller.images().addListener(image -> broker.reconciler.trigger());

        DeleteTopicResponse deleted =
                broker.admin.delete(DeleteTopicRequest.newBuilder().setName("a").build()).join();

        assertThat(deleted.getRecordCount()).isEqualTo(7);
        refused(ErrorCode.UNKNOWN_TOPIC, () -> broker.partitions.target("a", 0, 0));
    }

    @Test
    void shouldRefuseToDeleteAnotherTopicOfTheSameName() {
        broker.create("a", 1);

        refused(
                ErrorCode.TOPIC_RECREATED,
                () ->
                        broker.admin.delete(
                                DeleteTopicRequest.newBuilder()
                                        .setName("a")
                                        .setTopicId(999)
                                        .build()));
        refused(ErrorCode.TOPIC_RECREATED, () -> broker.partitions.target("a", 999, 0));
    }

    @Test
    void shouldListEveryTopicOnceInPages() {
        for (String name : List.of("c", "a", "e", "b", "d")) {
            broker.create(name, 1);
        }
        List<String> names = new ArrayList<>();
        String token = "";
        do {
            ListTopicsResponse page =
                    broker.queries.list(
                            ListTopicsRequest.newBuilder()
                                    .setPageSize(2)
                                    .setPageToken(token)
                                    .build());
            page.getTopicsList().forEach(topic -> names.add(topic.getName()));
            token = page.getNextPageToken();
        } while (!token.isEmpty());

        assertThat(names).containsExactly("a", "b", "c", "d", "e");
        refused(
                ErrorCode.INVALID_ARGUMENT,
                () ->
                        broker.queries.list(
                                ListTopicsRequest.newBuilder().setPageSize(1_001).build()));
    }

    private static DescribeTopicRequest describe(String topic) {
        return DescribeTopicRequest.newBuilder().setName(topic).build();
    }

    private static void refused(ErrorCode code, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        failure -> assertThat(failure.code()).isEqualTo(code));
    }
}
