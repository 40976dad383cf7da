package io.millrace.broker.deadletters;

import static io.millrace.broker.deadletters.GivingUpGroup.DLQ;
import static io.millrace.broker.deadletters.GivingUpGroup.codeOf;
import static io.millrace.broker.deadletters.GivingUpGroup.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.partition.LogReader;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatch;
import io.millrace.protocol.batch.RecordBatchBuilder;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.v1.AppendDeadLetterRequest;
import io.millrace.v1.SetTopicRequest;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DeadLetterWriterTest {

    private GivingUpGroup group;

    @BeforeEach
    void publish() throws IOException {
        group = new GivingUpGroup();
        group.publish(0, 5);
    }

    @Test
    void shouldCreateTheTopicThatKeepsEverythingForEver() {
        group.giveUp(0, 1);

        TopicImage topic = group.broker.partitions.topic(DLQ);
        assertThat(topic.partitions()).hasSize(1);
        assertThat(topic.config().retentionMs()).isEqualTo(-1);
        assertThat(topic.config().maxBatchBytes()).isEqualTo(8 << 20);
    }

    @Test
    void shouldUseATopicThatIsThere() {
        group.broker.create(DLQ, 2);

        group.giveUp(0, 1, 2);

        assertThat(group.broker.partitions.topic(DLQ).config().retentionMs()).isPositive();
        assertThat(group.list().getTotal()).isEqualTo(2);
    }

    @Test
    void shouldKeepTheRecordAsItWas() {
        Record record = GivingUpGroup.record("value 1");
        group.copy(0, 1, record).join();

        Record stored = records().get(0);
        assertThat(stored.timestampMs()).isEqualTo(77);
        assertThat(stored.key()).isEqualTo(record.key());
        assertThat(stored.value()).isEqualTo(record.value());
        assertThat(stored.headers().subList(7, 9)).isEqualTo(record.headers());
    }

    @Test
    void shouldWriteACopyOnceThatIsAskedForTwice() {
        group.giveUp(0, 1);
        group.copy(0, 1, GivingUpGroup.record("value 1")).join();
        assertThat(group.copies()).isEqualTo(1);

        group.drop(0);
        group.copy(0, 1, GivingUpGroup.record("value 1")).join();
        assertThat(group.copies()).as("the first one is settled").isEqualTo(2);
    }

    @Test
    void shouldCompressWhatDoesNotFit() {
        group.broker.create(DLQ, 1);
        group.copy(0, 1, new Record(1, null, new byte[5 << 20])).join();

        assertThat(records().get(0).value()).hasSize(5 << 20);
    }

    @Test
    void shouldRefuseWhatCannotBeMadeToFitAndSayTheWayOut() {
        group.broker.create(DLQ, 1);
        Record large = new Record(1, null, noise(2 << 20));

        assertThat(refusal(() -> group.copy(0, 1, large).join()))
                .satisfies(
                        refused -> {
                            assertThat(refused.code()).isEqualTo(ErrorCode.BATCH_TOO_LARGE);
                            assertThat(refused.getMessage())
                                    .contains("topic set billing.dlq -c max.batch.bytes=8MiB");
                        });
        assertThat(group.copies()).isZero();

        group.broker
                .admin
                .set(
                        SetTopicRequest.newBuilder()
                                .setName(DLQ)
                                .putConfig("max.batch.bytes", "8MiB")
                                .build())
                .join();
        group.copy(0, 1, large).join();
        assertThat(group.copies()).isEqualTo(1);
    }

    @Test
    void shouldRatherLeaveOutTheWordsThanTheRecord() {
        group.broker.create(DLQ, 1);
        Record large = new Record(1, null, noise((1 << 20) - 500));

        group.copy(0, 1, large, "word ".repeat(200)).join();
        assertThat(records().get(0).value()).isEqualTo(large.value());
        assertThat(records().get(0).headers().get(4).text()).contains("too large");
    }

    @Test
    void shouldSayTheWayOutOfWhatNoTopicTakes() {
        assertThat(refusal(() -> group.copy(0, 17, new Record(1, null, noise(8 << 20))).join()))
                .satisfies(
                        refused -> {
                            assertThat(refused.code()).isEqualTo(ErrorCode.BATCH_TOO_LARGE);
                            assertThat(refused.getMessage())
                                    .contains("topic trim orders --partition 0 --before 18");
                        });
        Record huge = new Record(1, null, new byte[64 << 20]);
        assertThat(refusal(() -> group.copy(0, 17, huge).join()).code())
                .isEqualTo(ErrorCode.BATCH_TOO_LARGE);
    }

    @Test
    void shouldRefuseAGroupWhoseTopicCannotBeNamed() {
        DeadLetterTopics topics =
                new DeadLetterTopics(
                        group.broker.controller.images()::current, group.broker.admin::create);
        DeadLetterOrigin origin = new DeadLetterOrigin("orders", 1, 0, 0);

        assertThat(refusal(() -> topics.ensure("g".repeat(246), origin).join()))
                .satisfies(
                        refused -> {
                            assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_TOPIC_NAME);
                            assertThat(refused.getMessage()).contains("250").contains("shorter");
                        });
    }

    @Test
    void shouldTryAgainAfterTheTopicCouldNotEvenBeAskedFor() {
        AtomicInteger asked = new AtomicInteger();
        DeadLetterTopics topics =
                new DeadLetterTopics(
                        group.broker.controller.images()::current,
                        request -> {
                            if (asked.getAndIncrement() == 0) {
                                throw new IllegalStateException("nobody foresaw it");
                            }
                            return group.broker.admin.create(request);
                        });
        DeadLetterOrigin origin = new DeadLetterOrigin("orders", 1, 0, 0);

        assertThat(codeOf(() -> topics.ensure("billing", origin).join()))
                .isEqualTo(ErrorCode.INTERNAL);
        assertThat(topics.ensure("billing", origin).join().name()).isEqualTo(DLQ);
    }

    @Test
    void shouldFailWhileTheTopicHasNoLeaderAndWriteLater() {
        group.giveUp(0, 1);
        int shard = group.broker.partitions.topic(DLQ).partitions().get(0).shard();
        group.broker.register(2, "other");
        group.broker.moveAway(shard, 3);

        assertThat(codeOf(() -> group.copy(0, 2, GivingUpGroup.record("value 2")).join()))
                .isEqualTo(ErrorCode.NOT_LEADER);
    }

    @Test
    void shouldTakeOnlyCopiesFromOtherBrokers() {
        group.giveUp(0, 1);
        byte[] plain =
                new RecordBatchBuilder()
                        .append(GivingUpGroup.record("no copy"))
                        .build(Compression.NONE)
                        .withoutProducer();
        AppendDeadLetterRequest request =
                AppendDeadLetterRequest.newBuilder()
                        .setGroup("billing")
                        .setTopicId(group.broker.partitions.topic(DLQ).topicId())
                        .setBatch(ByteString.copyFrom(plain))
                        .build();

        assertThat(codeOf(() -> append(request))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        plain[plain.length - 1]++;
        AppendDeadLetterRequest damaged =
                request.toBuilder().setBatch(ByteString.copyFrom(plain)).build();
        assertThat(codeOf(() -> append(damaged))).isEqualTo(ErrorCode.CORRUPT_BATCH);
        AppendDeadLetterRequest other = request.toBuilder().setTopicId(999).build();
        assertThat(codeOf(() -> append(other))).isEqualTo(ErrorCode.TOPIC_RECREATED);
    }

    /** Nothing that could be compressed. */
    private static byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        new Random(1).nextBytes(noise);
        return noise;
    }

    private void append(AppendDeadLetterRequest request) {
        group.desks().copies().append(request).join();
    }

    /** The records in the dead-letter topic. */
    private List<Record> records() {
        try (LogReader reader = group.broker.partitions.place(DLQ, 0, 0).view().log().reader(0)) {
            return reader.read(1).stream()
                    .flatMap(batch -> RecordBatch.validated(batch.batch()).records().stream())
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
