package io.millrace.perf.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.batch.Compression;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What load generators rely on, of every driver. */
@Timeout(120)
public abstract class DriverContract {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The driver under test, of a cluster that runs; the same one for all tests of a class. */
    protected abstract Driver driver();

    /** How many replicas topics get. */
    protected int replicas() {
        return 1;
    }

    @Test
    void shouldTellWhereEachRecordIsAndGiveItBack() {
        Driver driver = driver();
        create("told", 2, 100);
        Answers answers = new Answers();
        DriverPublisher publisher = driver.publisher(publisher("told", 100));
        for (int i = 0; i < 500; i++) {
            publisher.publish(i % 2, i % 3 == 0 ? null : bytes("k" + i), bytes("v" + i), answers);
        }
        publisher.flush();
        publisher.close(PATIENCE);

        assertThat(answers.failures).isEmpty();
        assertThat(answers.offsets).hasSize(500);
        assertThat(driver.ends("told")).containsExactly(250, 250);
        List<String> read = read("told", new long[] {0, 0}, 500);
        for (int partition = 0; partition < 2; partition++) {
            String prefix = partition + "@";
            List<String> expected = new ArrayList<>();
            for (int offset = 0; offset < 250; offset++) {
                int i = 2 * offset + partition;
                expected.add(prefix + offset + " " + (i % 3 == 0 ? null : "k" + i) + " v" + i);
            }
            assertThat(read).filteredOn(line -> line.startsWith(prefix)).isEqualTo(expected);
        }
    }

    @Test
    void shouldStartWhereItIsTold() {
        create("placed", 3, 100);
        publish("placed", 30);
        long[] ends = driver().ends("placed");
        assertThat(Arrays.stream(ends).sum()).isEqualTo(30);

        publish("placed", 9);
        assertThat(read("placed", ends, 9)).hasSize(9).doesNotHaveDuplicates();
    }

    @Test
    void shouldWaitForWhatComesLater() {
        create("later", 1, 100);
        List<String> got = new ArrayList<>();
        try (DriverSubscriber subscriber = driver().subscriber(subscriber("later", 0))) {
            subscriber.poll(Duration.ofMillis(10), sink(got));
            assertThat(got).isEmpty();
            publish("later", 1);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(
                            () -> {
                                subscriber.poll(Duration.ofMillis(100), sink(got));
                                return got.size() == 1;
                            });
        }
    }

    @Test
    void shouldLetSeveralReadTheSame() {
        create("shared", 1, 100);
        publish("shared", 20);
        assertThat(read("shared", new long[] {0}, 20))
                .isEqualTo(read("shared", new long[] {0}, 20))
                .hasSize(20);
    }

    @Test
    void shouldTakeLargeRecords() {
        int size = (1 << 20) + (1 << 10);
        create("large", 1, size);
        byte[] value = new byte[size];
        Arrays.fill(value, (byte) 'x');
        Answers answers = new Answers();
        DriverPublisher publisher = driver().publisher(publisher("large", size));
        publisher.publish(DriverPublisher.ANY_PARTITION, null, value, answers);
        publisher.flush();
        publisher.close(PATIENCE);

        assertThat(answers.failures).isEmpty();
        assertThat(read("large", new long[] {0}, 1))
                .extracting(String::length)
                .containsExactly("0@0 null ".length() + size);
    }

    @Test
    void shouldTellWhatAcknowledgementsStandFor() {
        create("durable", 1, 100);
        publish("durable", 5);
        Assurance assurance = driver().assurance("durable");
        assertThat(assurance.durability()).isEqualTo(Durability.FSYNC_MAJORITY);
        assertThat(assurance.evidence()).isNotBlank();
        assertThat(driver().client()).matches("\\S+ \\d\\S*");
        assertThat(driver().settings()).isNotEmpty();
    }

    @Test
    void shouldMoveALeadership() {
        create("led", 1, 100);
        publish("led", 5);
        Leadership leadership = driver().leadership();
        Awaitility.await().atMost(PATIENCE).until(() -> leadership.isWhole("led"));
        int leader = leadership.leader("led", 0);
        assertThat(leader).isBetween(1, replicas());

        int next = leader % replicas() + 1;
        leadership.move("led", 0, next);
        Awaitility.await().atMost(PATIENCE).until(() -> leadership.leader("led", 0) == next);
        leadership.move("led", 0, next);
        publish("led", 5);
        assertThat(leadership.leader("led", 0)).isEqualTo(next);
        assertThat(read("led", new long[] {0}, 10)).hasSize(10);
    }

    @Test
    void shouldDeleteTopics() {
        create("gone", 1, 100);
        driver().deleteTopic("gone");
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(
                        () ->
                                assertThatThrownBy(() -> driver().ends("gone"))
                                        .isInstanceOf(RuntimeException.class));
    }

    @Test
    void shouldRefuseATopicThatIsThere() {
        create("twice", 1, 100);
        assertThatThrownBy(() -> create("twice", 1, 100))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining("twice");
    }

    private void create(String topic, int partitions, int recordBytes) {
        driver().createTopic(
                        new TopicSpec(
                                topic, partitions, replicas(), Durability.FSYNC_MAJORITY, recordBytes));
    }

    private void publish(String topic, int count) {
        Answers answers = new Answers();
        DriverPublisher publisher = driver().publisher(publisher(topic, 100));
        for (int i = 0; i < count; i++) {
            publisher.publish(DriverPublisher.ANY_PARTITION, null, bytes("v" + i), answers);
        }
        publisher.flush();
        publisher.close(PATIENCE);
        assertThat(answers.failures).isEmpty();
        assertThat(answers.offsets).hasSize(count);
    }

    private List<String> read(String topic, long[] starts, int count) {
        List<String> got = new ArrayList<>();
        long until = System.nanoTime() + PATIENCE.toNanos();
        try (DriverSubscriber subscriber = driver().subscriber(subscriber(topic, starts))) {
            while (got.size() < count && System.nanoTime() < until) {
                subscriber.poll(Duration.ofMillis(100), sink(got));
            }
        }
        return got;
    }

    private static RecordSink sink(List<String> got) {
        return (partition, offset, key, value) ->
                got.add(partition + "@" + offset + " " + text(key) + " " + text(value));
    }

    private static SubscriberSpec subscriber(String topic, long... starts) {
        TreeMap<Integer, Long> places = new TreeMap<>();
        for (int i = 0; i < starts.length; i++) {
            places.put(i, starts[i]);
        }
        return new SubscriberSpec(topic, places, 1_000);
    }

    private static PublisherSpec publisher(String topic, int recordBytes) {
        return new PublisherSpec(
                topic,
                64 << 10,
                Duration.ofMillis(1),
                Compression.NONE,
                32 << 20,
                recordBytes,
                PATIENCE,
                Duration.ofSeconds(60));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    private static final class Answers implements DriverPublisher.Answer {
        private final ConcurrentLinkedQueue<Long> offsets = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

        @Override
        public void stored(long offset, boolean duplicate) {
            offsets.add(offset);
        }

        @Override
        public void failed(Throwable failure) {
            failures.add(failure);
        }
    }
}
