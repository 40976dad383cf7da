package io.millrace.tests.groups;

import static org.awaitility.Awaitility.await;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.FoundOffset;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.admin.PartitionInfo;
import io.millrace.client.admin.group.GroupInfo;
import io.millrace.client.admin.group.GroupMode;
import io.millrace.client.admin.group.GroupPartition;
import io.millrace.client.subscribe.Position;
import io.millrace.tests.cluster.ClusterBroker;
import io.millrace.tests.cluster.TestCluster;
import io.millrace.tests.history.Drain;
import io.millrace.tests.history.GroupHistoryWriter;
import io.millrace.tests.history.GroupProgress;
import io.millrace.tests.history.HistoryChecker;
import io.millrace.tests.history.HistoryWriter;
import io.millrace.tests.history.RecordedLoad;
import io.millrace.tests.history.Recording;
import io.millrace.tests.history.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A topic under steady load and a group of members in processes of their own that goes through it;
 * all of it written down and judged at the end. For one thread.
 */
final class GroupScene implements AutoCloseable {

    static final int PARTITIONS = 32;
    private static final String MEMBER = "member-";
    private static final int VALUE_BYTES = 100;
    private static final Path ARCHIVE = Path.of("target", "histories");
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration LOOK = Duration.ofMillis(200);

    private final TestCluster cluster;
    private final MillraceClient client;
    private final Recording recording;
    private final MemberTerms terms;
    private final HistoryWriter markers;
    private final Random random;
    private final List<MemberProcess> members = new ArrayList<>();
    private RecordedLoad load;
    private final long begun = System.nanoTime();
    private int faults;
    private DeadLetters dead;

    /**
     * Creates the topic.
     *
     * @param name the topic, the group and the directory under target/histories
     * @param lease how long a member may be silent
     */
    GroupScene(TestCluster cluster, String name, boolean queue, Duration lease, Random random)
            throws IOException {
        this.cluster = cluster;
        this.random = random;
        this.client = cluster.client();
        this.recording = Recording.begin(ARCHIVE.resolve(name), name);
        this.markers = recording.client("nemesis");
        markers.flush();
        Path directory = recording.directory().toAbsolutePath();
        this.terms = new MemberTerms(directory, "", cluster.servers(), name, name, queue, lease);
        Map<String, String> config = Map.of("segment.bytes", "1MiB");
        client.admin().createTopic(new NewTopic(name, PARTITIONS, 3, config));
    }

    String group() {
        return terms.group();
    }

    MillraceClient client() {
        return client;
    }

    /** Starts members, all at once, that wait to be told to join. */
    List<MemberProcess> launch(int count) throws IOException, InterruptedException {
        List<MemberProcess> launched = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            MemberTerms own = terms.named(MEMBER + "%02d".formatted(members.size() + 1));
            MemberProcess member = MemberProcess.launch(own, recording.directory());
            members.add(member);
            launched.add(member);
        }
        for (MemberProcess member : launched) {
            member.awaitReady();
        }
        say("%d members are connected".formatted(count));
        return launched;
    }

    /** Changes a setting of the group, which need not be there yet. */
    void set(String key, String value) {
        client.admin()
                .groups()
                .set(
                        terms.group(),
                        terms.queue() ? GroupMode.QUEUE : GroupMode.STREAM,
                        Map.of(key, value),
                        List.of());
    }

    /** Starts to publish. */
    void publish(int perSecond) throws IOException {
        RecordedLoad.Plan plan =
                new RecordedLoad.Plan(PARTITIONS, perSecond, VALUE_BYTES, Duration.ZERO);
        load =
                RecordedLoad.start(
                        recording,
                        cluster.servers(),
                        terms.queue() ? plan.withKeys() : plan,
                        new Random(random.nextLong()));
    }

    RecordedLoad load() {
        return load;
    }

    /** All members are at work: what comes until the first fault is what gaps are held against. */
    void steady() {
        markers.steady();
        markers.flush();
    }

    /** Writes down that something is broken now. */
    void fault(String what) {
        say("fault %d: %s".formatted(faults + 1, what));
        markers.fault(++faults);
        markers.flush();
    }

    /** What has happened, and when, for those who look where the time goes. */
    private void say(String what) {
        System.err.printf(
                "%s, %.1f s: %s%n", terms.group(), (System.nanoTime() - begun) / 1e9, what);
    }

    /** Lets time pass. */
    static void watch(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Waits until members of a queue have received so many more. */
    void awaitReceived(long more) throws IOException {
        long target = progress().received() + more;
        await("%d more are received".formatted(more))
                .atMost(PATIENCE)
                .pollInterval(LOOK)
                .until(() -> progress().received() >= target);
        say("%d more are received".formatted(more));
    }

    /** What the group had given up in the end. */
    DeadLetters deadLetters() {
        return dead;
    }

    /** Waits until these members hold all partitions, none more than one more than another. */
    void awaitShared(Collection<MemberProcess> holders) {
        List<String> names = holders.stream().map(MemberProcess::name).toList();
        await("partitions are shared by " + names)
                .atMost(PATIENCE)
                .pollInterval(LOOK)
                .until(() -> isShared(names));
    }

    private boolean isShared(List<String> names) throws IOException {
        for (MemberProcess member : members) {
            if (names.contains(member.name()) && !member.isAlive()) {
                throw new IllegalStateException(
                        member.name() + " has ended; its log:\n" + member.log());
            }
        }
        Map<String, Integer> counts = new HashMap<>();
        names.forEach(name -> counts.put(name, 0));
        Map<Integer, String> owners = GroupProgress.read(recording.directory(), MEMBER).owners();
        owners.values().forEach(owner -> counts.merge(owner, 1, Integer::sum));
        return owners.size() == PARTITIONS
                && counts.size() == names.size()
                && Collections.max(counts.values()) - Collections.min(counts.values()) <= 1;
    }

    /** The broker that the group's coordinator runs on. */
    ClusterBroker coordinator() {
        return cluster.broker(
                client.admin().groups().list().stream()
                        .filter(group -> group.name().equals(terms.group()))
                        .mapToInt(GroupInfo::coordinatorNode)
                        .filter(node -> node > 0)
                        .findFirst()
                        .orElseThrow());
    }

    /** By partition, the node that leads it. */
    Map<Integer, Integer> leaders() {
        Map<Integer, Integer> leaders = new TreeMap<>();
        for (PartitionInfo each : client.admin().describeTopic(terms.topic()).partitions()) {
            leaders.put(each.partition(), each.leaderNode());
        }
        return leaders;
    }

    /** Publishes no more, and waits for the last answers. */
    void stopPublishing() throws IOException, InterruptedException {
        load.stop();
        say("nothing is published any more");
    }

    /** Starts a broker that was killed. */
    void restart(ClusterBroker broker) throws IOException, InterruptedException {
        broker.start();
        say(broker + " serves again");
    }

    /** Waits until nothing is broken any more. */
    void heal() {
        cluster.awaitWhole();
        say("the cluster is whole");
        markers.healed();
        markers.flush();
    }

    /** Waits until the group is through, lets the members leave, reads everything, and judges. */
    Verdict finish() throws IOException, InterruptedException {
        Map<Integer, Long> ends = ends();
        try (GroupHistoryWriter end =
                GroupHistoryWriter.create(recording.directory(), "group-end")) {
            await("the group is through")
                    .atMost(PATIENCE)
                    .pollInterval(LOOK)
                    .until(() -> terms.queue() ? isDone() : isCommitted(ends));
            say("the group is through");
            if (terms.queue()) {
                dead = new DeadLetters(client, terms.group(), end);
                dead.readAll();
            }
            ends.forEach(end::drained);
        }
        say("all of it is known");
        leave();
        say("the members have left");
        markers.close();
        Map<Integer, String> addresses = new LinkedHashMap<>();
        cluster.brokers().forEach(each -> addresses.put(each.node(), each.address()));
        Drain.read(recording, addresses);
        say("everything is read");
        Verdict verdict = HistoryChecker.check(recording.directory());
        say("the verdict is " + verdict);
        if (verdict.isClean()) {
            recording.delete();
        }
        return verdict;
    }

    private void leave() throws IOException, InterruptedException {
        List<MemberProcess> alive = members.stream().filter(MemberProcess::isAlive).toList();
        for (MemberProcess member : alive) {
            member.beginToLeave();
        }
        for (MemberProcess member : alive) {
            member.awaitLeft();
        }
    }

    /** How often a member has lost a partition. */
    int losses(MemberProcess member) throws IOException {
        return GroupProgress.read(recording.directory(), member.name()).losses();
    }

    private GroupProgress progress() throws IOException {
        return GroupProgress.read(recording.directory(), MEMBER);
    }

    /** By the group's own account: what a killed member was told, it has not written down. */
    private boolean isDone() {
        List<GroupPartition> partitions = client.admin().groups().describe(group()).partitions();
        return partitions.size() == PARTITIONS
                && partitions.stream().allMatch(each -> Long.valueOf(0).equals(each.lagRecords()));
    }

    private boolean isCommitted(Map<Integer, Long> ends) throws IOException {
        Map<Integer, Long> committed = progress().committed();
        return ends.entrySet().stream()
                .allMatch(end -> committed.getOrDefault(end.getKey(), 0L) >= end.getValue());
    }

    private Map<Integer, Long> ends() {
        Map<Integer, Long> ends = new TreeMap<>();
        for (FoundOffset end :
                client.admin().findOffsets(terms.topic(), List.of(), Position.latest())) {
            ends.put(end.partition(), end.offset());
        }
        return ends;
    }

    /** What the members have said, to stderr. */
    void printLogs() throws IOException {
        for (MemberProcess member : members) {
            System.err.printf("log of %s:%n%s%n", member.name(), member.log());
        }
    }

    @Override
    public void close() throws IOException {
        members.forEach(MemberProcess::close);
        if (load != null) {
            load.close();
        }
        client.close();
    }
}
