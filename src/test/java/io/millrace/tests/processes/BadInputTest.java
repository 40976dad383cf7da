package io.millrace.tests.processes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.Position;
import io.millrace.client.subscribe.Subscriber;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.BatchAppend;
import io.millrace.v1.CreateTopicRequest;
import io.millrace.v1.ErrorDetail;
import io.millrace.v1.ErrorReason;
import io.millrace.v1.PublishHello;
import io.millrace.v1.PublishRequest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client gets wrong is answered in a sentence, and harms nobody else. */
@Timeout(value = 5, unit = MINUTES)
class BadInputTest {

    private static final String TOPIC = "orders";

    /** Places in the header of a batch: docs/reference/record-batch.md. */
    private static final int CRC_AT = 4;

    private static final int RECORD_COUNT_AT = 12;

    @RegisterExtension static final Brokers BROKERS = new Brokers();

    @TempDir static Path directory;
    private static StandaloneBroker broker;
    private static MillraceClient client;
    private static long pid;

    @BeforeAll
    static void start() throws Exception {
        broker = BROKERS.start(directory, "-c", "wal.segment-bytes=16MiB");
        client = MillraceClient.connect(broker.address());
        client.admin().createTopic(new NewTopic(TOPIC, 2));
        pid = broker.pid();
    }

    @AfterAll
    static void close() {
        client.close();
    }

    /** After each of these the broker is the same process and takes records. */
    @AfterEach
    void serves() throws Exception {
        assertThat(broker.isAlive()).isTrue();
        assertThat(broker.pid()).isEqualTo(pid);
        try (RawPublish stream = RawPublish.welcomed(broker.address())) {
            stream.acknowledged(TOPIC, 0, stream.stamp(RawPublish.batch("fine"), 0));
        }
        assertThat(broker.log()).doesNotContain(" ERROR ").doesNotContain("\tat ");
    }

    @Test
    void shouldRefuseUnknownTopicsAndPartitions() throws Exception {
        try (RawPublish stream = RawPublish.welcomed(broker.address())) {
            byte[] batch = stream.stamp(RawPublish.batch("x"), 0);

            ErrorDetail topic = stream.refused("nowhere", 0, batch);
            assertThat(topic.getReason()).isEqualTo(ErrorReason.UNKNOWN_TOPIC);
            assertThat(topic.getMessage()).contains("nowhere", "topic create");
        }
        try (RawPublish stream = RawPublish.welcomed(broker.address())) {
            byte[] batch = stream.stamp(RawPublish.batch("x"), 0);

            ErrorDetail partition = stream.refused(TOPIC, 7, batch);
            assertThat(partition.getReason()).isEqualTo(ErrorReason.UNKNOWN_PARTITION);
            assertThat(partition.getMessage()).contains(TOPIC, "0 to 1", "7");
        }
    }

    @Test
    void shouldRefuseABatchThatIsTooLarge() throws Exception {
        try (RawPublish stream = RawPublish.welcomed(broker.address())) {
            byte[] batch = stream.stamp(RawPublish.batch("x".repeat(1 << 20)), 0);

            ErrorDetail error = stream.refused(TOPIC, 0, batch);

            assertThat(error.getReason()).isEqualTo(ErrorReason.BATCH_TOO_LARGE);
            assertThat(error.getMessage()).contains("1048576", "max.batch.bytes");
        }
    }

    /** Larger than any topic may take: gRPC itself must not answer for the broker. */
    @Test
    void shouldRefuseAMessageThatIsLargerThanAnyBatch() throws Exception {
        try (RawPublish stream = RawPublish.welcomed(broker.address())) {
            stream.send(
                    PublishRequest.newBuilder()
                            .setAppend(
                                    BatchAppend.newBuilder()
                                            .setTopic(TOPIC)
                                            .setBatch(ByteString.copyFrom(new byte[16 << 20])))
                            .build());

            assertThat(stream.next()).isInstanceOf(Throwable.class);
        }
    }

    @Test
    void shouldRefuseABatchWithAWrongChecksum() throws Exception {
        try (RawPublish stream = RawPublish.welcomed(broker.address())) {
            byte[] batch = stream.stamp(RawPublish.batch("some value"), 0);
            batch[batch.length - 1] ^= 1;

            assertCorrupt(stream.refused(TOPIC, 0, batch), "CRC");
        }
    }

    @Test
    void shouldRefuseABatchWithAnotherRecordCountThanItSays() throws Exception {
        try (RawPublish stream = RawPublish.welcomed(broker.address())) {
            byte[] batch = stream.stamp(RawPublish.batch("one", "two"), 0);
            ByteBuffer header = ByteBuffer.wrap(batch);
            header.putInt(RECORD_COUNT_AT, 3);
            header.putInt(CRC_AT, crcOf(batch));

            assertCorrupt(stream.refused(TOPIC, 0, batch), "record");
        }
    }

    @Test
    void shouldRefuseBytesThatAreNoBatch() throws Exception {
        for (byte[] bytes : List.of(new byte[0], new byte[10], new byte[200])) {
            try (RawPublish stream = RawPublish.welcomed(broker.address())) {
                assertCorrupt(stream.refused(TOPIC, 0, bytes), TOPIC);
            }
        }
    }

    @Test
    void shouldRefuseASequenceThatIsNotTheNext() throws Exception {
        try (RawPublish stream = RawPublish.welcomed(broker.address())) {
            stream.acknowledged(TOPIC, 0, stream.stamp(RawPublish.batch("a"), 0));

            ErrorDetail error = stream.refused(TOPIC, 0, stream.stamp(RawPublish.batch("c"), 2));

            assertThat(error.getReason()).isEqualTo(ErrorReason.OUT_OF_ORDER_SEQUENCE);
        }
    }

    @Test
    void shouldRefuseAnotherVersionAndAnotherCluster() throws Exception {
        assertThat(refusedHello(PublishHello.newBuilder().setProtocolVersion(99)))
                .satisfies(
                        refusal -> {
                            assertThat(refusal.code()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
                            assertThat(refusal).hasMessageContainingAll("99", "1");
                        });
        assertThat(
                        refusedHello(
                                PublishHello.newBuilder()
                                        .setProtocolVersion(RawPublish.VERSION)
                                        .setClusterId("another")))
                .satisfies(
                        refusal -> {
                            assertThat(refusal.code()).isEqualTo(ErrorCode.WRONG_CLUSTER);
                            assertThat(refusal).hasMessageContainingAll("another", "address");
                        });
    }

    @Test
    void shouldRefuseOffsetsThatAreNotThere() throws Exception {
        MillraceException future =
                catchThrowableOfType(
                        MillraceException.class, () -> poll(Position.offset(1_000_000)));
        assertThat(future.code()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(Messages.forPeople(future.getMessage())).contains("1000000", "end");

        io.millrace.v1.Position negative =
                io.millrace.v1.Position.newBuilder().setOffset(-1).build();
        ErrorDetail error = RawCalls.subscribe(broker.address(), TOPIC, 0, negative);
        assertThat(error.getReason())
                .isIn(ErrorReason.INVALID_ARGUMENT, ErrorReason.OFFSET_OUT_OF_RANGE);
        assertThat(Messages.forPeople(error.getMessage())).contains("offset");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../up",
                "/etc/passwd",
                "a/b",
                "a\\b",
                "a b",
                "naïve",
                "a\u0000b",
                "%2e%2e"
            })
    void shouldRefuseTopicNamesThatAreNone(String name) {
        assertInvalidName(name);
    }

    @Test
    void shouldRefuseATopicNameThatIsTooLong() {
        assertInvalidName("x".repeat(250));

        client.admin().createTopic(new NewTopic("x".repeat(249), 1));
    }

    /** The limit of a line is that of a record in a batch of the topic. */
    @Test
    void shouldNameTheLineThatIsTooLong() throws Exception {
        String lines = "short\n" + "x".repeat(2 << 20) + "\n";

        ToolRun.Result result =
                Cli.of(directory, broker).feed(lines.getBytes(UTF_8), "publish", TOPIC);

        assertThat(result.exit()).isEqualTo(1);
        assertThat(Messages.forPeople(result.stderr()))
                .contains("line 2", "max.batch.bytes", "acknowledged 1");
    }

    private static int crcOf(byte[] batch) {
        CRC32C crc = new CRC32C();
        crc.update(batch, CRC_AT + Integer.BYTES, batch.length - CRC_AT - Integer.BYTES);
        return (int) crc.getValue();
    }

    private static void assertCorrupt(ErrorDetail error, String what) {
        assertThat(error.getReason()).isEqualTo(ErrorReason.CORRUPT_BATCH);
        assertThat(error.getMessage()).contains(TOPIC + "/0", what);
    }

    private static void poll(Position position) {
        try (Subscriber subscriber =
                client.newSubscriber().partition(new TopicPartition(TOPIC, 0), position).open()) {
            subscriber.poll(Duration.ofSeconds(30));
        }
    }

    /** Past the SDK, which would refuse it first. */
    private static void assertInvalidName(String name) {
        CreateTopicRequest request = CreateTopicRequest.newBuilder().setName(name).build();
        MillraceException refusal =
                WireError.fromThrowable(RawCalls.createTopic(broker.address(), request));

        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_TOPIC_NAME);
        assertThat(Messages.forPeople(refusal.getMessage())).contains("[A-Za-z0-9._-]{1,249}");
    }

    private static MillraceException refusedHello(PublishHello.Builder hello) throws Exception {
        try (RawPublish stream = RawPublish.open(broker.address())) {
            stream.send(PublishRequest.newBuilder().setHello(hello).build());
            MillraceException refusal = WireError.fromThrowable((Throwable) stream.next());
            Messages.forPeople(refusal.getMessage());
            return refusal;
        }
    }
}
