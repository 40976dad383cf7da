package io.millrace.broker.group;

import io.millrace.broker.group.GroupCommand.CommitOffsets;
import io.millrace.broker.group.GroupCommand.ExpireMembers;
import io.millrace.broker.group.GroupCommand.ForceRelease;
import io.millrace.broker.group.GroupCommand.JoinGroup;
import io.millrace.broker.group.GroupCommand.LeaveGroup;
import io.millrace.broker.group.GroupCommand.ReleasePartitions;
import io.millrace.broker.group.GroupCommand.TopicsChanged;
import io.millrace.broker.group.GroupResult.Commits;
import io.millrace.broker.group.GroupResult.JoinOutcome;
import io.millrace.broker.group.GroupResult.Joins;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/** What the leader of the shard does for a group, as simply as it can be: its memory is its own. */
final class SimulatedCoordinator {

    static final long PERIOD_NANOS = 1_200_000_000;

    private final SimulatedShard shard;
    private final SimulatedTopics topics;
    private final TickedTime time;
    private final GroupLeases leases;
    private final RevocationClock revocations;
    private final List<Joining> joining = new ArrayList<>();
    private final List<Consumer<JoinOutcome>> joiners = new ArrayList<>();

    SimulatedCoordinator(SimulatedShard shard, SimulatedTopics topics, long nanoTime) {
        this.shard = shard;
        this.topics = topics;
        this.time = new TickedTime(PERIOD_NANOS, nanoTime);
        this.leases = new GroupLeases(time, shard.group());
        this.revocations = new RevocationClock(time, shard.group());
    }

    /** Time has passed; the map that it sees lags by some versions. */
    void tick(long nanoTime, int lag) {
        GroupState group = shard.group();
        leases.keep(group);
        revocations.keep(group);
        time.tick(nanoTime);
        if (!leases.expired().isEmpty()) {
            propose(new ExpireMembers(group.groupId(), leases.expired()));
        }
        if (!revocations.overdue().isEmpty()) {
            propose(new ForceRelease(group.groupId(), revocations.overdue()));
        }
        watchTopics(group, topics.lagging(lag));
    }

    /** Proposes those who wait to join, all at once. */
    void admit() {
        if (!joining.isEmpty()) {
            List<Consumer<JoinOutcome>> waiting = List.copyOf(joiners);
            shard.propose(
                    new JoinGroup(shard.group().groupId(), 0, joining),
                    result -> {
                        List<JoinOutcome> outcomes = ((Joins) result).outcomes();
                        for (int i = 0; i < waiting.size(); i++) {
                            waiting.get(i).accept(outcomes.get(i));
                        }
                    });
            joining.clear();
            joiners.clear();
        }
    }

    void join(Joining who, Consumer<JoinOutcome> answer) {
        joining.add(who);
        joiners.add(answer);
    }

    /** Whether the member is still one. */
    boolean heartbeat(MemberStay stay) {
        leases.keep(shard.group());
        return leases.renew(stay);
    }

    void commit(MemberCommit commit, long timeMs, Consumer<Commits> answer) {
        shard.propose(
                new CommitOffsets(shard.group().groupId(), timeMs, List.of(commit)),
                result -> answer.accept((Commits) result));
    }

    void release(MemberCommit last, long timeMs) {
        propose(new ReleasePartitions(shard.group().groupId(), timeMs, last));
    }

    void leave(MemberCommit last, long timeMs, boolean restarting) {
        propose(new LeaveGroup(shard.group().groupId(), timeMs, last, restarting));
    }

    private void watchTopics(GroupState group, SimulatedTopics.Version map) {
        List<GroupTopic> matching =
                map.topics().values().stream()
                        .filter(
                                topic ->
                                        group.members().values().stream()
                                                .anyMatch(
                                                        one ->
                                                                one.subscription()
                                                                        .matches(topic.name())))
                        .toList();
        SortedSet<Long> gone = new TreeSet<>();
        group.offsets().keySet().forEach(partition -> gone.add(partition.topicId()));
        gone.removeAll(map.topics().keySet());
        if (!List.copyOf(group.topics().values()).equals(matching) || !gone.isEmpty()) {
            propose(new TopicsChanged(group.groupId(), map.version(), matching, List.copyOf(gone)));
        }
    }

    private void propose(GroupCommand command) {
        shard.propose(command, result -> {});
    }
}
