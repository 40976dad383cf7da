package io.millrace.client.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.fake.FakeCluster;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.Position;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.Join;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GroupSubscriberTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final TopicPartition T0 = new TopicPartition("t", 0);
    private static final TopicPartition T1 = new TopicPartition("t", 1);

    private final ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();
    private FakeCluster brokers;
    private Cluster cluster;

    @BeforeEach
    void open() throws Exception {
        brokers = new FakeCluster(2, 2);
        brokers.createTopic("t", 2);
        brokers.group().follow("t", 2);
        cluster = brokers.connect();
    }

    @AfterEach
    void close() {
        cluster.close();
        brokers.close();
    }

    @Test
    void shouldGiveEverythingCommitByItselfAndLeave() {
        brokers.append("t", 0, "a");
        try (GroupSubscriber member = earliest().build()) {
            // Alone: with the poll for another one, it would be through.
            assertThat(take(member, 1)).containsExactly("a");
            assertThat(brokers.group().committed(T0)).as("not through yet").isEqualTo(-1);
            brokers.append("t", 0, "b");
            brokers.append("t", 1, "c");
            assertThat(take(member, 2)).containsExactlyInAnyOrder("b", "c");
            assertThat(member.poll(SHORT)).isEmpty();
            await().until(() -> brokers.group().committed(T0) == 2);
            await().until(() -> brokers.group().committed(T1) == 1);
        }
        assertThat(brokers.group().leaves()).isEqualTo(1);
        assertThat(brokers.group().members()).isEmpty();
        assertThat(events).containsExactly("assigned [t/0, t/1]", "revoked [t/0, t/1]");
    }

    @Test
    void shouldGoOnAtTheCommitOrWhereTheUsersStoreSays() {
        brokers.append("t", 0, "a", "b", "c");
        brokers.append("t", 1, "d", "e", "f");
        brokers.group().setCommitted(T0, 2, "words");
        AssignmentListener store =
                new AssignmentListener() {
                    @Override
                    public Map<TopicPartition, Position> onAssigned(
                            Map<TopicPartition, Optional<CommitPosition>> committed) {
                        assertThat(committed)
                                .containsEntry(T0, Optional.of(new CommitPosition(2, "words")))
                                .containsEntry(T1, Optional.empty());
                        return Map.of(T1, Position.offset(1));
                    }
                };
        try (GroupSubscriber member = earliest().listener(store).build()) {
            assertThat(take(member, 3)).containsExactlyInAnyOrder("c", "e", "f");
        }
    }

    @Test
    void shouldNumberEachStayHigherThanTheOneBefore() {
        try (GroupSubscriber member = earliest().build()) {
            await().until(() -> member.assignmentEpoch(T0).isPresent());
            long first = member.assignmentEpoch(T0).getAsLong();
            String id = brokers.group().members().get(0);
            brokers.group().move(T0, "");
            await().until(() -> brokers.group().owner(T0).isEmpty());
            assertThat(member.assignmentEpoch(T0)).isEmpty();
            brokers.group().move(T0, id);
            brokers.group().takeAway(T0);
            await().until(() -> member.assignmentEpoch(T0).isPresent());
            assertThat(member.assignmentEpoch(T0).getAsLong()).isGreaterThan(first);
        }
    }

    @Test
    void shouldCommitTheEndBeforeAnythingIsGiven() {
        brokers.append("t", 0, "before");
        try (GroupSubscriber member = earliest().start(StartPolicy.LATEST).build()) {
            assertThat(member.poll(SHORT)).isEmpty();
            await().until(() -> brokers.group().committed(T0) == 1);
            await().until(() -> brokers.group().committed(T1) == 0);
            brokers.append("t", 0, "after");
            assertThat(take(member, 1)).containsExactly("after");
        }
    }

    @Test
    void shouldGiveNothingMoreOnceAnotherOfItsNameHasTakenItsPlace() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        AssignmentListener slow =
                new AssignmentListener() {
                    @Override
                    public void onRevoked(Set<TopicPartition> partitions) {
                        busy.countDown();
                        try {
                            over.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }
                };
        brokers.append("t", 0, "a");
        try (GroupSubscriber member = earliest().instanceId("pod-1").listener(slow).build()) {
            assertThat(take(member, 1)).containsExactly("a");
            brokers.group().move(T1, "");
            busy.await();
            String id = brokers.group().members().get(0);
            brokers.group().expire(id);
            await().until(
                            () -> {
                                try {
                                    member.commitAsync().get();
                                    return false;
                                } catch (ExecutionException e) {
                                    return e.getCause() instanceof MillraceException fenced
                                            && fenced.code() == ErrorCode.MEMBER_FENCED;
                                }
                            });
            brokers.append("t", 0, "of another");
            assertThat(member.poll(Duration.ofSeconds(1))).isEmpty();
            over.countDown();
            assertThatThrownBy(() -> member.poll(LONG)).isInstanceOf(MillraceException.class);
        }
    }

    @Test
    void shouldSkipNothingOfWhatCameLater() {
        brokers.group().setLater(T0);
        brokers.append("t", 0, "before");
        brokers.append("t", 1, "skipped");
        try (GroupSubscriber member = earliest().start(StartPolicy.LATEST).build()) {
            assertThat(take(member, 1)).containsExactly("before");
            await().until(() -> brokers.group().committed(T1) == 1);
            assertThat(member.poll(SHORT)).isEmpty();
        }
    }

    @Test
    void shouldNotFailWhereATopicHasGrown() {
        brokers.group().setLater(T0);
        brokers.group().setCommitted(T1, 0, "");
        brokers.append("t", 0, "first");
        try (GroupSubscriber member = earliest().start(StartPolicy.FAIL).build()) {
            assertThat(take(member, 1)).containsExactly("first");
        }
    }

    @Test
    void shouldFailIfNothingIsCommittedAndThePolicySaysSo() {
        try (GroupSubscriber member = earliest().start(StartPolicy.FAIL).build()) {
            assertThatThrownBy(() -> member.poll(LONG))
                    .isInstanceOfSatisfying(
                            MillraceException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE));
        }
    }

    @Test
    void shouldKeepARevokedPartitionUntilTheUserIsThrough() {
        brokers.append("t", 0, "a");
        try (GroupSubscriber member = earliest().build()) {
            assertThat(take(member, 1)).containsExactly("a");
            String id = brokers.group().members().get(0);
            brokers.group().move(T0, "");
            brokers.append("t", 0, "b");
            // The other partition's way out shows that the first one was looked at.
            brokers.group().move(T1, "");
            await().until(() -> brokers.group().owner(T1).isEmpty());
            assertThat(brokers.group().owner(T0)).isEqualTo(id);
            assertThat(member.poll(SHORT)).isEmpty();
            await().until(() -> brokers.group().owner(T0).isEmpty());
            assertThat(brokers.group().committed(T0)).isEqualTo(1);
            assertThat(events)
                    .containsExactly("assigned [t/0, t/1]", "revoked [t/1]", "revoked [t/0]");
        }
    }

    @Test
    void shouldLoseWhatIsNotGivenUpInTimeAndRefuseItsCommits() {
        brokers.group().setRemainingMs(300);
        brokers.append("t", 0, "a");
        try (GroupSubscriber member = earliest().autoCommit(Duration.ZERO).build()) {
            take(member, 1);
            brokers.group().move(T0, "");
            await().until(() -> events.contains("lost [t/0]"));
            assertThatThrownBy(member::commit)
                    .isInstanceOfSatisfying(
                            MillraceException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_ASSIGNED));
            assertThatThrownBy(() -> member.commit(Map.of(T0, CommitPosition.of(1))))
                    .hasMessageContaining("t/0");
            assertThat(brokers.group().committed(T0)).isEqualTo(-1);
            member.commit();
        }
    }

    @Test
    void shouldFollowTheCoordinatorAndKeepItsStay() {
        try (GroupSubscriber member = earliest().build()) {
            await().until(() -> member.assignment().equals(Set.of(T0, T1)));
            brokers.group().moveCoordinator(2);
            await().until(() -> brokers.group().joins().size() == 2);
            assertThat(brokers.group().joins().get(1).getMemberEpoch()).isPositive();
            brokers.group().breakStreams();
            await().until(() -> brokers.group().joins().size() == 3);
            assertThat(brokers.group().joins())
                    .extracting(Join::getAttempt)
                    .isSorted()
                    .doesNotHaveDuplicates();
            brokers.append("t", 0, "a");
            assertThat(take(member, 1)).containsExactly("a");
            member.commit();
            assertThat(brokers.group().committed(T0)).isEqualTo(1);
            assertThat(events).containsExactly("assigned [t/0, t/1]");
        }
    }

    @Test
    void shouldFenceItselfWhenNothingIsAnsweredAndJoinAnew() {
        brokers.group().setLeaseMs(600);
        brokers.append("t", 0, "a");
        try (GroupSubscriber member = earliest().build()) {
            assertThat(take(member, 1)).containsExactly("a");
            brokers.group().setSilent(true);
            await().until(() -> events.contains("lost [t/0, t/1]"));
            brokers.append("t", 0, "b");
            assertThat(member.poll(SHORT)).isEmpty();
            assertThatThrownBy(() -> member.commit(Map.of(T0, CommitPosition.of(1))))
                    .isInstanceOf(MillraceException.class);
            brokers.group().setSilent(false);
            assertThat(take(member, 2)).containsExactly("a", "b");
            assertThat(brokers.group().joins().get(1).getMemberEpoch()).isZero();
            assertThat(events)
                    .containsExactly(
                            "assigned [t/0, t/1]", "lost [t/0, t/1]", "assigned [t/0, t/1]");
        }
    }

    @Test
    void shouldDropEverythingWhenExpired() {
        brokers.append("t", 0, "a");
        try (GroupSubscriber member = earliest().autoCommit(Duration.ZERO).build()) {
            take(member, 1);
            brokers.group().expire(brokers.group().members().get(0));
            await().until(() -> events.contains("lost [t/0, t/1]"));
            assertThatThrownBy(member::commit).isInstanceOf(MillraceException.class);
            assertThat(take(member, 1)).containsExactly("a");
            member.commit();
            assertThat(brokers.group().committed(T0)).isEqualTo(1);
        }
    }

    @Test
    void shouldCommitInOrderWithWords() {
        brokers.append("t", 0, "a", "b", "c", "d", "e");
        try (GroupSubscriber member = earliest().autoCommit(Duration.ZERO).build()) {
            take(member, 5);
            List<CompletableFuture<Void>> answers = new ArrayList<>();
            for (int i = 1; i <= 5; i++) {
                if (i == 3) {
                    brokers.group().breakStreams();
                }
                answers.add(member.commitAsync(Map.of(T0, new CommitPosition(i, "batch " + i))));
            }
            answers.forEach(CompletableFuture::join);
            List<String> distinct = brokers.group().commits().stream().distinct().toList();
            assertThat(distinct).containsExactly("t/0@1", "t/0@2", "t/0@3", "t/0@4", "t/0@5");
            assertThat(brokers.group().metadata(T0)).isEqualTo("batch 5");
        }
    }

    @Test
    void shouldLetAnotherProcessTakeItsNameOver() {
        brokers.append("t", 0, "a");
        GroupSubscriber first = earliest().instanceId("pod-1").build();
        assertThat(take(first, 1)).containsExactly("a");
        try (GroupSubscriber second = earliest().instanceId("pod-1").build()) {
            assertThat(take(second, 1)).containsExactly("a");
            assertThatThrownBy(
                            () -> {
                                while (true) {
                                    first.poll(SHORT);
                                }
                            })
                    .isInstanceOfSatisfying(
                            MillraceException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.MEMBER_FENCED));
            first.close();
            assertThat(brokers.group().members()).hasSize(1);
        }
        assertThat(brokers.group().members()).as("it keeps its place").hasSize(1);
    }

    @Test
    void shouldWaitForThePollingThreadWhenAnotherOneCloses() {
        brokers.append("t", 0, "a");
        GroupSubscriber member = earliest().autoCommit(Duration.ofHours(1)).build();
        assertThat(take(member, 1)).containsExactly("a");
        CompletableFuture<Void> closing = CompletableFuture.runAsync(member::close);
        // "a" is in work until the next poll, which gives nothing any more.
        brokers.append("t", 0, "b");
        await().until(
                        () -> {
                            assertThat(closing).isNotDone();
                            return brokers.broker(1).subscriptions().isEmpty()
                                    && brokers.broker(2).subscriptions().isEmpty();
                        });
        assertThat(brokers.group().leaves()).isZero();
        assertThat(member.poll(LONG)).isEmpty();
        closing.join();
        assertThat(brokers.group().committed(T0)).isEqualTo(1);
        assertThat(brokers.group().leaves()).isEqualTo(1);
    }

    @Test
    void shouldPauseAndResume() {
        try (GroupSubscriber member = earliest().build()) {
            await().until(() -> member.assignment().size() == 2);
            member.pause(Set.of(T0));
            brokers.append("t", 0, "a");
            brokers.append("t", 1, "b");
            assertThat(take(member, 1)).containsExactly("b");
            brokers.group().setPaused(true);
            await().untilAsserted(
                            () -> {
                                brokers.append("t", 1, "c");
                                assertThat(member.poll(SHORT)).isEmpty();
                            });
            brokers.group().setPaused(false);
            assertThat(member.poll(LONG)).isNotEmpty().allMatch(it -> it.partition() == 1);
            member.resume(Set.of(T0));
            List<String> rest = new ArrayList<>();
            await().until(
                            () -> {
                                member.poll(SHORT).forEach(it -> rest.add(it.valueText()));
                                return rest.contains("a");
                            });
        }
    }

    @Test
    void shouldNotDisturbTheOthersWhenOneOfManyMoves() {
        brokers.createTopic("many", 32);
        brokers.group().follow("many", 32);
        TopicPartition moving = new TopicPartition("many", 7);
        try (GroupSubscriber member = earliest().topics("many").build()) {
            await().until(
                            () -> {
                                member.poll(Duration.ZERO);
                                return member.assignment().size() == 34;
                            });
            String id = brokers.group().members().get(0);
            for (int p = 0; p < 32; p++) {
                brokers.append("many", p, "first");
            }
            take(member, 32);
            int streams = streams();
            for (int round = 0; round < 2; round++) {
                brokers.group().move(moving, "");
                await().until(
                                () -> {
                                    member.poll(Duration.ofMillis(10));
                                    return brokers.group().owner(moving).isEmpty();
                                });
                assertThat(streams()).isEqualTo(streams + round);
                for (int p = 0; p < 32; p++) {
                    brokers.append("many", p, "while it is away");
                }
                assertThat(take(member, 31)).hasSize(31);
                brokers.group().takeAway(moving);
                brokers.group().move(moving, id);
                brokers.group().takeAway(moving);
                assertThat(take(member, 1)).containsExactly("while it is away");
                assertThat(streams()).as("one for the newcomer").isEqualTo(streams + round + 1);
            }
        }
    }

    private int streams() {
        return brokers.broker(1).subscribeStreams() + brokers.broker(2).subscribeStreams();
    }

    private GroupSubscriberBuilder earliest() {
        return new GroupSubscriberBuilder(cluster, "g")
                .topics("t")
                .start(StartPolicy.EARLIEST)
                .autoCommit(Duration.ofMillis(50))
                .closeTimeout(Duration.ofSeconds(5))
                .listener(
                        new AssignmentListener() {
                            @Override
                            public Map<TopicPartition, Position> onAssigned(
                                    Map<TopicPartition, Optional<CommitPosition>> committed) {
                                events.add("assigned " + committed.keySet());
                                return Map.of();
                            }

                            @Override
                            public void onRevoked(Set<TopicPartition> partitions) {
                                events.add("revoked " + partitions);
                            }

                            @Override
                            public void onLost(Set<TopicPartition> partitions) {
                                events.add("lost " + partitions);
                            }
                        });
    }

    private static List<String> take(GroupSubscriber member, int count) {
        List<String> values = new ArrayList<>();
        long deadline = System.nanoTime() + LONG.toNanos();
        while (values.size() < count && deadline - System.nanoTime() > 0) {
            for (ReceivedRecord record : member.poll(SHORT)) {
                values.add(record.valueText());
            }
        }
        assertThat(values).hasSize(count);
        return values;
    }
}
