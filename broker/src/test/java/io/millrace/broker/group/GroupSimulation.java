package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.group.GroupCommand.ConfigureGroup;
import io.millrace.broker.group.GroupCommand.OpenGroup;
import io.millrace.broker.group.GroupCommand.PauseGroup;
import io.millrace.broker.group.GroupCommand.SeekOffsets;
import io.millrace.broker.group.GroupCommand.SeekTarget;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** One schedule: a group, its members, its coordinator and all that goes wrong; a second a step. */
final class GroupSimulation {

    private static final long SECOND = 1_000_000_000;
    private static final int MAX_MEMBERS = 9;
    private static final List<List<String>> SUBSCRIPTIONS =
            List.of(
                    List.of("orders.*", "bills"),
                    List.of("*"),
                    List.of("bills"),
                    List.of("orders.eu", "orders.us"));
    private static final List<String> NAMES =
            List.of("orders.eu", "orders.us", "bills", "other", "billing.dlq");

    final SimulatedShard shard;
    private final Random random;
    private final SimulatedTopics topics;
    private final GroupAudit audit;
    private final GroupMode mode;
    private final boolean sameSubscriptions;
    private final List<SimulatedMember> members = new ArrayList<>();
    private final List<SimulatedMember.Message> underWay = new ArrayList<>();
    private final Deque<GroupState> seen = new ArrayDeque<>();
    private SimulatedCoordinator coordinator;
    private boolean calm;
    private int step;
    private int named;
    private int version = 1;
    private long nanoTime;

    GroupSimulation(long seed) {
        this.random = new Random(seed);
        this.topics = new SimulatedTopics(random);
        this.audit = new GroupAudit(topics);
        this.shard = new SimulatedShard(random, audit);
        this.mode = random.nextInt(12) == 0 ? GroupMode.QUEUE : GroupMode.STREAM;
        this.sameSubscriptions = random.nextBoolean();
        topics.create("orders.eu");
        shard.propose(
                new OpenGroup(GroupFixture.GROUP, "billing", mode, config(), version),
                result -> {});
        shard.commitAll();
        coordinator = new SimulatedCoordinator(shard, topics, nanoTime);
    }

    int step() {
        return step;
    }

    boolean isCalm() {
        return calm;
    }

    long timeMs() {
        return step * 1_000L;
    }

    GroupState group() {
        return shard.group();
    }

    SimulatedCoordinator coordinator() {
        return coordinator;
    }

    /** Whether a message gets lost. */
    boolean loses() {
        return !calm && random.nextInt(6) == 0;
    }

    /** The group as news of it have reached a member: now and then they are old. */
    GroupState seenBy(SimulatedMember member) {
        boolean old = !calm && !seen.isEmpty() && random.nextInt(10) == 0;
        return old ? seen.peekFirst() : shard.group();
    }

    /** Sends something to the coordinator: it may arrive late, twice or never. */
    void send(Runnable delivery) {
        if (calm) {
            underWay.add(new SimulatedMember.Message(step, delivery));
            return;
        }
        for (int copies = random.nextInt(8) == 0 ? 2 : loses() ? 0 : 1; copies > 0; copies--) {
            int delay = random.nextInt(4) > 0 ? 0 : random.nextInt(30);
            underWay.add(new SimulatedMember.Message(step + delay, delivery));
        }
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            if (random.nextInt(3) == 0) {
                fault();
            }
            advance();
        }
    }

    /** Nothing goes wrong any more: within a lease, a revocation and some steps all is well. */
    void settle() {
        calm = true;
        shard.propose(new PauseGroup(GroupFixture.GROUP, false), result -> {});
        shard.propose(
                new ConfigureGroup(
                        GroupFixture.GROUP,
                        GroupConfig.of(Map.of("assignor", group().config().assignor().name())),
                        ++version),
                result -> {});
        members.forEach(member -> member.pausedUntil = 0);
        List<SimulatedMember> lasting = members.stream().filter(one -> one.alive).toList();
        int within = (int) (group().config().leaseMs() / 1_000) + 60;
        for (int i = 0; i < within && !isSettled(lasting); i++) {
            advance();
        }
        assertThat(lasting).as("C8: all attend").allMatch(SimulatedMember::attends);
        assertThat(group().members().keySet())
                .as("C8, C9: only those who live")
                .containsExactlyInAnyOrderElementsOf(
                        lasting.stream().map(one -> one.joining.memberId()).toList());
        assertThat(group().owners().values()).as("C8").noneMatch(Ownership::isRevoking);
        assertThat(isSettled(lasting)).as("C8: all is processed and committed").isTrue();
    }

    private boolean isSettled(List<SimulatedMember> lasting) {
        return group().members().size() == lasting.size()
                && lasting.stream().allMatch(one -> one.attends() && group().isPresent(one.stay()))
                && (mode == GroupMode.QUEUE
                        || lasting.stream().allMatch(one -> one.isThrough(group())));
    }

    private void advance() {
        step++;
        nanoTime += SECOND;
        if (!calm) {
            topics.publish();
            seen.add(shard.group());
            if (seen.size() > 5) {
                seen.poll();
            }
        }
        members.forEach(member -> member.step(this));
        List<SimulatedMember.Message> due =
                underWay.stream().filter(one -> one.atStep() <= step).toList();
        underWay.removeAll(due);
        due.forEach(message -> message.delivery().run());
        if (calm || random.nextInt(3) > 0) {
            coordinator.admit();
        }
        coordinator.tick(nanoTime, calm || random.nextInt(4) > 0 ? 0 : random.nextInt(3));
        if (calm) {
            shard.commitAll();
        } else {
            shard.commit(random.nextInt(6));
        }
        shard.follow();
    }

    private void fault() {
        int kind = random.nextInt(20);
        if (kind < 4) {
            joinOne();
        } else if (kind < 6) {
            any().ifPresent(member -> member.leave(this, random.nextInt(3) == 0));
        } else if (kind < 7) {
            any().ifPresent(member -> member.alive = false);
        } else if (kind < 9) {
            any().ifPresent(member -> member.pausedUntil = step + random.nextInt(40));
        } else if (kind < 10) {
            restartOne();
        } else if (kind < 12) {
            shard.changeLeader();
            coordinator = new SimulatedCoordinator(shard, topics, nanoTime);
        } else if (kind < 13) {
            nanoTime += 60 * SECOND; // the coordinator was paused
        } else if (kind < 16) {
            changeTopics();
        } else if (kind < 17) {
            shard.proposeAgain();
        } else if (kind < 18) {
            seek();
        } else if (kind < 19) {
            shard.propose(new PauseGroup(GroupFixture.GROUP, random.nextBoolean()), result -> {});
        } else {
            shard.propose(
                    new ConfigureGroup(GroupFixture.GROUP, config(), ++version), result -> {});
        }
    }

    private void joinOne() {
        if (members.stream().filter(member -> member.alive).count() < MAX_MEMBERS) {
            String instance = random.nextInt(3) == 0 ? "i" + random.nextInt(4) : "";
            boolean taken =
                    members.stream()
                            .anyMatch(
                                    one ->
                                            one.alive
                                                    && !instance.isEmpty()
                                                    && one.joining.instanceId().equals(instance));
            start("m" + named++, taken ? "" : instance);
        }
    }

    /** A process ends, and another begins under its instance id, or even under its member id. */
    private void restartOne() {
        any().ifPresent(
                        former -> {
                            former.alive = false;
                            boolean sameId = random.nextInt(3) == 0;
                            start(
                                    sameId ? former.joining.memberId() : "m" + named++,
                                    former.joining.instanceId());
                        });
    }

    private void start(String memberId, String instanceId) {
        List<String> follows =
                SUBSCRIPTIONS.get(sameSubscriptions ? 0 : random.nextInt(SUBSCRIPTIONS.size()));
        Joining joining =
                new Joining(
                        memberId,
                        instanceId,
                        "app",
                        "host:1",
                        Subscription.of(follows),
                        random.nextInt(4) == 0 ? 1 + random.nextInt(300) : 100,
                        List.of("", "x", "y", "z").get(random.nextInt(4)),
                        random.nextInt(4) == 0 ? 5_000 : 0);
        members.add(new SimulatedMember(random, joining, audit, topics));
    }

    private void changeTopics() {
        switch (random.nextInt(5)) {
            case 0, 1 -> topics.create(NAMES.get(random.nextInt(NAMES.size())));
            case 2, 3 -> topics.growOne();
            default -> topics.deleteOne();
        }
    }

    private void seek() {
        GroupTopic topic = topics.any();
        if (topic == null) {
            return;
        }
        List<SeekTarget> targets = new ArrayList<>();
        for (int i = random.nextInt(topic.partitionCount()); i < topic.partitionCount(); i++) {
            PartitionKey partition = new PartitionKey(topic.topicId(), i);
            long offset = random.nextInt((int) topics.end(partition) + 2) - 1L;
            targets.add(new SeekTarget(partition, offset));
        }
        if (random.nextInt(3) > 0) {
            shard.propose(new PauseGroup(GroupFixture.GROUP, true), result -> {});
        }
        shard.propose(
                new SeekOffsets(
                        GroupFixture.GROUP, timeMs(), topics.now().version(), targets, "somebody"),
                result -> {});
    }

    private java.util.Optional<SimulatedMember> any() {
        List<SimulatedMember> living = members.stream().filter(member -> member.alive).toList();
        return living.isEmpty()
                ? java.util.Optional.empty()
                : java.util.Optional.of(living.get(random.nextInt(living.size())));
    }

    private GroupConfig config() {
        return GroupConfig.of(
                Map.of(
                        "assignor",
                                List.of("sticky", "sticky", "range", "rack").get(random.nextInt(4)),
                        "lease.ms", List.of("10s", "20s").get(random.nextInt(2)),
                        "revocation.timeout.ms", List.of("5s", "30s").get(random.nextInt(2)),
                        "max.members", List.of("7", "1000").get(random.nextInt(2))));
    }
}
