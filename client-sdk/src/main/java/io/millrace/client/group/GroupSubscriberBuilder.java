package io.millrace.client.group;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.membership.MemberSpec;
import io.millrace.client.record.Bounds;
import io.millrace.client.subscribe.FeedOptions;
import io.millrace.client.subscribe.Gap;
import io.millrace.client.subscribe.GapPolicy;
import io.millrace.v1.GroupMode;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/** Collects what a member of a group follows and how; the defaults suit most. Not thread-safe. */
public final class GroupSubscriberBuilder {
    private static final int MAX_RECORDS = 1_000_000;
    private static final int MAX_FILTER_CHARACTERS = 4_096;

    private final Cluster cluster;
    private final MemberSpec spec;
    private StartPolicy start = StartPolicy.FAIL;
    private AssignmentListener listener = AssignmentListener.NONE;
    private GapPolicy gapPolicy = GapPolicy.FAIL;
    private Consumer<Gap> onGap = gap -> {};
    private Duration autoCommit = Duration.ofSeconds(1);
    private Duration requestTimeout = Duration.ofSeconds(30);
    private Duration closeTimeout = Duration.ofSeconds(30);
    private int maxPollRecords = 1_000;
    private int prefetchRecords = 50_000;
    private long prefetchBytes = 16L << 20;
    private String filter = "";

    /** Internal: a client makes it. */
    public GroupSubscriberBuilder(Cluster cluster, String group) {
        this.cluster = cluster;
        this.spec = new MemberSpec(group, GroupMode.GROUP_MODE_STREAM);
    }

    /**
     * Follows topics, those too that are created later.
     *
     * @param names names, or patterns in which * stands for any characters; 1,000 at most
     */
    public GroupSubscriberBuilder topics(String... names) {
        spec.addTopics(names);
        return this;
    }

    /**
     * Where to begin in partitions of which the group has committed nothing; default {@link
     * StartPolicy#FAIL}, since nothing is skipped or repeated without being noticed.
     */
    public GroupSubscriberBuilder start(StartPolicy policy) {
        start = Objects.requireNonNull(policy, "start");
        return this;
    }

    /** Is told which partitions come and go. */
    public GroupSubscriberBuilder listener(AssignmentListener told) {
        listener = Objects.requireNonNull(told, "listener");
        return this;
    }

    /** What to do when records that come next are gone; default {@link GapPolicy#FAIL}. */
    public GroupSubscriberBuilder gapPolicy(GapPolicy policy) {
        gapPolicy = Objects.requireNonNull(policy, "gapPolicy");
        return this;
    }

    /** Is told of each gap that was stepped over, before the first record after it. */
    public GroupSubscriberBuilder onGap(Consumer<Gap> told) {
        onGap = Objects.requireNonNull(told, "onGap");
        return this;
    }

    /**
     * How often what is done is committed; 10 ms to 1 h, default 1 s. Zero: never, the user
     * commits.
     */
    public GroupSubscriberBuilder autoCommit(Duration interval) {
        autoCommit =
                interval.isZero()
                        ? interval
                        : Bounds.check(
                                "autoCommit", interval, Duration.ofMillis(10), Duration.ofHours(1));
        return this;
    }

    /**
     * A name of this member that survives restarts, unique in the group: [A-Za-z0-9._-]{1,100}. Who
     * joins with it takes over what the former one held, without any other member noticing; after
     * {@code close} its partitions wait a lease for it.
     */
    public GroupSubscriberBuilder instanceId(String id) {
        spec.setInstanceId(id);
        return this;
    }

    /** How much this member takes compared with others; 1 to 1,000, default 100. */
    public GroupSubscriberBuilder weight(int share) {
        spec.setWeight(share);
        return this;
    }

    /** Where this member runs, at most 100 characters; for groups with the rack assignor. */
    public GroupSubscriberBuilder rack(String name) {
        spec.setRack(name);
        return this;
    }

    /** How long the member may be silent; 1 s to 5 min, default: the group's. */
    public GroupSubscriberBuilder lease(Duration time) {
        spec.setLease(time);
        return this;
    }

    /** How many records a poll gives at most; 1 to 1,000,000, default 1,000. */
    public GroupSubscriberBuilder maxPollRecords(int records) {
        maxPollRecords = (int) Bounds.check("maxPollRecords", records, 1, MAX_RECORDS);
        return this;
    }

    /**
     * How many records may be read ahead, over all partitions; 1 to 1,000,000, default 50,000. One
     * batch more may come from each broker.
     */
    public GroupSubscriberBuilder prefetchRecords(int records) {
        prefetchRecords = (int) Bounds.check("prefetchRecords", records, 1, MAX_RECORDS);
        return this;
    }

    /** The same in bytes of batches, as they are stored; 1 KiB to 1 GiB, default 16 MiB. */
    public GroupSubscriberBuilder prefetchBytes(long bytes) {
        prefetchBytes = Bounds.check("prefetchBytes", bytes, 1L << 10, 1L << 30);
        return this;
    }

    /**
     * Takes only the records for which this expression holds, such as {@code headers.type ==
     * "paid"}; the brokers send no others. The language is docs/reference/filter.md, at most 4,096
     * characters. Default: all records.
     *
     * <p>What is left out counts as done; positions and commits move on over it, also while nothing
     * matches. All members of a group should have the same filter: who takes a partition over
     * begins at the commit. A text that is no expression is refused by the broker: the next poll
     * throws INVALID_ARGUMENT with the place.
     */
    public GroupSubscriberBuilder filter(String expression) {
        Bounds.check("filter length", expression.length(), 1, MAX_FILTER_CHARACTERS);
        filter = expression;
        return this;
    }

    /** How long a commit may wait for its answer; 100 ms to 1 h, default 30 s. */
    public GroupSubscriberBuilder requestTimeout(Duration time) {
        requestTimeout =
                Bounds.check("requestTimeout", time, Duration.ofMillis(100), Duration.ofHours(1));
        return this;
    }

    /** How long closing may take; 0 to 1 h, default 30 s. */
    public GroupSubscriberBuilder closeTimeout(Duration time) {
        closeTimeout = Bounds.check("closeTimeout", time, Duration.ZERO, Duration.ofHours(1));
        return this;
    }

    /**
     * The member, to be polled. Returns at once; it joins meanwhile.
     *
     * @throws IllegalArgumentException if no topic was named
     */
    public GroupSubscriber build() {
        Member member = member(false);
        member.start();
        return new PolledMember(member);
    }

    /**
     * Processes records by a handler instead of polling; goes on with how it is called.
     *
     * @throws IllegalArgumentException if the user is to commit: here what is finished is committed
     */
    public GroupWorkerBuilder handler(RecordHandler handler) {
        if (autoCommit.isZero()) {
            throw new IllegalArgumentException(
                    "autoCommit is 0; with a handler it must be above, what is finished is"
                            + " committed");
        }
        return new GroupWorkerBuilder(this, handler);
    }

    Member member(boolean tracked) {
        return new Member(cluster, options(), tracked, System::nanoTime, cluster.newRandom());
    }

    GroupOptions options() {
        return new GroupOptions(
                spec.newMember(),
                start,
                listener,
                autoCommit.toNanos(),
                requestTimeout.toNanos(),
                closeTimeout.toNanos(),
                new FeedOptions(
                        gapPolicy, onGap, maxPollRecords, prefetchRecords, prefetchBytes, filter));
    }
}
