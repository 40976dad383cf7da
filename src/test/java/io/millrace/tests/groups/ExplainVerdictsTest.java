package io.millrace.tests.groups;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.admin.group.GroupMode;
import io.millrace.client.admin.group.GroupPartition;
import io.millrace.client.admin.group.Verdict;
import io.millrace.client.group.GroupSubscriber;
import io.millrace.client.group.GroupSubscriberBuilder;
import io.millrace.client.group.StartPolicy;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.client.queue.Delivery;
import io.millrace.client.queue.QueueReceiver;
import io.millrace.tests.processes.Brokers;
import io.millrace.tests.processes.Cli;
import io.millrace.tests.processes.StandaloneBroker;
import io.millrace.tests.processes.ToolRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace group explain} says why a group does not move: one group for each reason. */
@Timeout(value = 5, unit = MINUTES)
class ExplainVerdictsTest {

    private static final String TOPIC = "orders";
    private static final int PARTITIONS = 2;
    private static final int RECORDS = 60;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** The longest text that a filter looks into has 4,096 characters. */
    private static final int LONG_KEY = 4_000;

    /** More than are tested before it is seen, at some 10 ms each. */
    private static final int LONG_KEYS = 2_000;

    /** At each character of a long key, 100 ways to go on, and the end of none. */
    private static final String MILLIONS_OF_STEPS = "key.matches(r\"(a?){100}b\")";

    @RegisterExtension static final Brokers BROKERS = new Brokers();

    private final List<AutoCloseable> members = new ArrayList<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private StandaloneBroker broker;
    private MillraceClient client;
    private Cli cli;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        broker = BROKERS.start(directory);
        cli = Cli.of(directory, broker);
        client = MillraceClient.connect(broker.address());
        client.admin().createTopic(new NewTopic(TOPIC, PARTITIONS));
        try (Publisher publisher = client.openPublisher()) {
            // One after the other, so that each is a batch of its own.
            for (int i = 0; i < RECORDS; i++) {
                publisher
                        .publish(
                                OutgoingRecord.to(TOPIC)
                                        .partition(i % PARTITIONS)
                                        .key("key-" + i)
                                        .value("record " + i)
                                        .build())
                        .join();
            }
        }
    }

    @AfterEach
    void stop() throws Exception {
        stopped.set(true);
        for (AutoCloseable member : members) {
            member.close();
        }
        client.close();
    }

    @Test
    void shouldSayWhyAGroupDoesNotMove() throws Exception {
        Map<Verdict, String> groups = new EnumMap<>(Verdict.class);
        groups.put(Verdict.CAUGHT_UP, readEverything());
        groups.put(Verdict.MOVING, readSlowly());
        groups.put(Verdict.NO_MEMBER, leaveEarly());
        groups.put(Verdict.WAITING_FOR_REVOCATION, keepWhatIsToGo());
        groups.put(Verdict.OUT_OF_CREDIT, takeNothing());
        groups.put(Verdict.LEASE_EXPIRED, settleNothing());
        groups.put(Verdict.FILTER_MATCHED_NOTHING, matchNothing());
        groups.put(Verdict.PAUSED, pauseAll());
        groups.put(Verdict.NOT_COPIED, rejectTheLargest());
        if (Boolean.getBoolean("millrace.test.long")) {
            // It takes a while until that is held against anybody.
            groups.put(Verdict.NOT_COMMITTING, commitNothing());
        }

        for (Map.Entry<Verdict, String> each : groups.entrySet()) {
            assertExplained(each.getValue(), each.getKey());
        }
    }

    /** A test of a filter that takes longer than its turn makes the member wait for each record. */
    @Test
    void shouldSayThatTheBrokerHoldsAMemberBack() throws Exception {
        client.admin().createTopic(new NewTopic("long-keys", 1));
        String key = "a".repeat(LONG_KEY);
        try (Publisher publisher = client.openPublisher()) {
            IntStream.range(0, LONG_KEYS)
                    .mapToObj(i -> publisher.publish(OutgoingRecord.of("long-keys", key, "" + i)))
                    .toList()
                    .forEach(CompletableFuture::join);
        }
        GroupSubscriber member =
                join(member("thorough").topics("long-keys").filter(MILLIONS_OF_STEPS));
        keepPolling(member, Duration.ZERO);

        assertExplained("thorough", Verdict.THROTTLED);
    }

    private void assertExplained(String group, Verdict verdict) throws Exception {
        await(group + " is " + verdict)
                .atMost(PATIENCE)
                .pollInterval(POLL)
                .untilAsserted(
                        () ->
                                assertThat(partitions(group))
                                        .extracting(GroupPartition::verdict)
                                        .as("%s", partitions(group))
                                        .contains(verdict));

        ToolRun.Result said = cli.run("group", "explain", group);

        String text = String.join("\n", said.lines());
        assertThat(said.exit()).as("%s: %s", group, text).isEqualTo(verdict.isWell() ? 0 : 1);
        assertThat(text).contains(verdict.name().toLowerCase(Locale.ROOT).replace('_', ' '));
        if (!verdict.isWell()) {
            assertThat(text).as("%s says what helps", group).contains("helps: millrace ");
        }
        System.err.printf("%s:%n%s%n", group, text.indent(4));
    }

    private List<GroupPartition> partitions(String group) {
        return client.admin().groups().describe(group).partitions();
    }

    private GroupSubscriberBuilder member(String group) {
        return client.group(group).topics(TOPIC).start(StartPolicy.EARLIEST).lease(LEASE);
    }

    private GroupSubscriber join(GroupSubscriberBuilder builder) {
        GroupSubscriber member = builder.closeTimeout(Duration.ZERO).build();
        members.add(member);
        return member;
    }

    private void take(GroupSubscriber member, int records) {
        int taken = 0;
        while (taken < records) {
            taken += member.poll(POLL).size();
        }
    }

    /** Lets a user poll until the test is over, with a pause after each poll. */
    private void keepPolling(GroupSubscriber member, Duration pause) {
        Thread user =
                new Thread(
                        () -> {
                            while (!stopped.get()) {
                                member.poll(POLL);
                                GroupScene.watch(pause);
                            }
                        },
                        "user");
        user.setDaemon(true);
        user.start();
    }

    private String readEverything() {
        GroupSubscriber member = join(member("prompt"));
        take(member, RECORDS);
        member.commit();
        return "prompt";
    }

    private String readSlowly() {
        GroupSubscriber member =
                join(member("slow").maxPollRecords(1).autoCommit(Duration.ofMillis(100)));
        keepPolling(member, Duration.ofSeconds(1));
        return "slow";
    }

    private String leaveEarly() {
        try (GroupSubscriber member = member("abandoned").maxPollRecords(1).build()) {
            take(member, 1);
            member.commit();
        }
        return "abandoned";
    }

    /** The first one works on what it has and never comes back; the second one waits. */
    private String keepWhatIsToGo() {
        take(join(member("clinging")), RECORDS);
        join(member("clinging"));
        return "clinging";
    }

    private String takeNothing() {
        take(join(member("lazy").maxPollRecords(1).prefetchRecords(2)), 1);
        return "lazy";
    }

    private String settleNothing() {
        client.admin()
                .groups()
                .set(
                        "forgetful",
                        GroupMode.QUEUE,
                        Map.of("delivery.lease.ms", "1s", "max.deliveries", "1000"),
                        Set.of());
        QueueReceiver member = client.queue("forgetful").topics(TOPIC).lease(LEASE).build();
        members.add(member);
        Thread receiver =
                new Thread(
                        () -> {
                            while (!stopped.get()) {
                                member.receive(POLL);
                            }
                        },
                        "forgetful-receiver");
        receiver.setDaemon(true);
        receiver.start();
        return "forgetful";
    }

    /** The topic for dead letters takes no record of this size. */
    private String rejectTheLargest() throws Exception {
        client.admin().createTopic(new NewTopic("large", 1));
        client.admin()
                .createTopic(new NewTopic("clogged.dlq", 1, 1, Map.of("max.batch.bytes", "1KiB")));
        byte[] value = new byte[4_096];
        new Random(1).nextBytes(value); // so that it cannot be compressed
        try (Publisher publisher = client.openPublisher()) {
            publisher.publish(OutgoingRecord.to("large").value(value).build()).join();
        }
        client.admin().groups().set("clogged", GroupMode.QUEUE, Map.of(), Set.of());
        QueueReceiver member = client.queue("clogged").topics("large").build();
        members.add(member);
        List<Delivery> received = List.of();
        while (received.isEmpty()) {
            received = member.receive(POLL);
        }
        // The answer comes when it is copied: it does not.
        received.forEach(delivery -> delivery.reject("too large for anybody"));
        return "clogged";
    }

    private String matchNothing() {
        GroupSubscriber member = join(member("picky").filter("key == \"nobody\""));
        keepPolling(member, Duration.ZERO);
        return "picky";
    }

    private String pauseAll() throws Exception {
        join(member("resting"));
        cli.succeed("group", "pause", "resting");
        return "resting";
    }

    private String commitNothing() {
        take(join(member("silent").autoCommit(Duration.ZERO)), RECORDS);
        return "silent";
    }
}
