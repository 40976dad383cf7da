package io.millrace.perf.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.perf.compare.cluster.Children;
import io.millrace.perf.compare.cluster.KafkaCluster;
import io.millrace.perf.compare.cluster.KafkaJars;
import io.millrace.perf.driver.Assurance;
import io.millrace.perf.driver.Driver;
import io.millrace.perf.driver.DriverContract;
import io.millrace.perf.driver.DriverProvider;
import io.millrace.perf.driver.Durability;
import io.millrace.perf.driver.PublisherSpec;
import io.millrace.perf.driver.SubscriberSpec;
import io.millrace.perf.driver.TopicSpec;
import io.millrace.protocol.batch.Compression;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against three brokers of Kafka. */
class KafkaDriverTest extends DriverContract {
    private static final String CLUSTER_ID = "MkU3OEVBNTcwNTJENDM2Qk";

    @TempDir private static Path directory;
    private static Children children;
    private static KafkaCluster cluster;
    private static Driver driver;

    @BeforeAll
    static void open() throws Exception {
        children = new Children(directory.resolve("children"), System::nanoTime);
        cluster =
                new KafkaCluster(
                        new KafkaJars(directory, jars()),
                        "256m",
                        CLUSTER_ID,
                        directory.resolve("data"),
                        directory,
                        children);
        cluster.start();
        driver = DriverProvider.named("kafka").connect(cluster.bootstrap());
    }

    @AfterAll
    static void close() throws Exception {
        if (driver != null) {
            driver.close();
        }
        if (cluster != null) {
            cluster.close();
        }
        children.close();
    }

    @Override
    protected Driver driver() {
        return driver;
    }

    @Override
    protected int replicas() {
        return 3;
    }

    @Test
    void shouldTellTheClassesApart() {
        create("forced", Durability.FSYNC_MAJORITY);
        create("cached", Durability.PAGE_CACHE);

        Assurance forced = driver.assurance("forced");
        assertThat(forced.durability()).isEqualTo(Durability.FSYNC_MAJORITY);
        assertThat(forced.evidence())
                .contains("acks=all; replicas=3; min.insync.replicas=2; flush.messages=1;")
                .contains("broker 3: log.flush.interval.messages=9223372036854775807");
        Assurance cached = driver.assurance("cached");
        assertThat(cached.durability()).isEqualTo(Durability.PAGE_CACHE);
        assertThat(cached.evidence()).contains("flush.messages=9223372036854775807");
    }

    @Test
    void shouldTellTheSettingsInForce() {
        create("told-on", Durability.FSYNC_MAJORITY);
        driver.publisher(publisher(Duration.ofMillis(5))).close(Duration.ofSeconds(5));
        driver.subscriber(new SubscriberSpec("told-on", new TreeMap<>(), 10_000)).close();

        assertThat(driver.settings())
                .containsEntry("publisher.acks", "-1")
                .containsEntry("publisher.enable.idempotence", "true")
                .containsEntry("publisher.batch.size", "65536")
                .containsEntry("publisher.linger.ms", "5")
                .containsEntry("publisher.buffer.memory", "33554432")
                .containsEntry("publisher.delivery.timeout.ms", "120000")
                .containsEntry("subscriber.fetch.max.bytes", "52428800")
                .containsEntry("subscriber.max.poll.records", "10000")
                .containsEntry("topic.min.insync.replicas", "2")
                .containsEntry("topic.flush.messages", "1");
    }

    @Test
    void shouldRefuseALingerThatKafkaCannotKeep() {
        assertThatThrownBy(() -> driver.publisher(publisher(Duration.ofNanos(500_000))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("linger is PT0.0005S; Kafka takes whole milliseconds");
    }

    private static void create(String topic, Durability durability) {
        driver.createTopic(new TopicSpec(topic, 2, 3, durability, 100));
    }

    private static PublisherSpec publisher(Duration linger) {
        return new PublisherSpec(
                "told-on",
                64 << 10,
                linger,
                Compression.NONE,
                32 << 20,
                1_024,
                Duration.ofSeconds(120),
                Duration.ofSeconds(120));
    }

    /** Those of this test, but for those that would log elsewhere. */
    private static List<Path> jars() {
        return Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(System.getProperty("java.class.path"))
                .filter(entry -> entry.endsWith(".jar") && !entry.contains("logback"))
                .map(Path::of)
                .toList();
    }
}
