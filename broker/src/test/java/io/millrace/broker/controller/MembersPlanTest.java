package io.millrace.broker.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.raft.Member;
import io.millrace.raft.Members;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Replica n is on node n, but for replacements: replica 10 + n is on node n too. */
final class MembersPlanTest {

    private static final Members ABC = members(List.of(1, 2, 3), List.of());

    @Test
    void shouldRestWhenAllIsAsWanted() {
        assertThat(next(shard("1V 2V 3V"), ABC)).isEmpty();
        assertThat(next(shard("1V 2V 3V 4N"), ABC)).as("waits for the files").isEmpty();
        assertThat(next(shard("1V"), Members.NONE)).isEmpty();
    }

    @Test
    void shouldMoveByLearnerThenExchangeInOneStep() {
        Members withLearner = members(List.of(1, 2, 3), List.of(4));

        assertThat(next(shard("1V 2V 3G 4L"), ABC)).contains(withLearner);
        assertThat(next(shard("1V 2V 3G 4L"), withLearner)).as("waits until it is whole").isEmpty();
        assertThat(next(shard("1V 2V 3G 4V"), withLearner))
                .contains(members(List.of(1, 2, 4), List.of()));
    }

    @Test
    void shouldKeepALostVoterUntilItsReplacementCounts() {
        Members withLearner = members(List.of(1, 2, 3), List.of(13));

        assertThat(next(shard("1V 2V 3X 13N"), ABC)).isEmpty();
        assertThat(next(shard("1V 2V 3X 13L"), ABC)).contains(withLearner);
        assertThat(next(shard("1V 2V 3X 13V"), withLearner))
                .contains(members(List.of(1, 2, 13), List.of()));
    }

    @Test
    void shouldRemoveOneByOneWhenNobodyIsAwaited() {
        assertThat(next(shard("1V 2G 3X"), ABC)).contains(members(List.of(1, 2), List.of()));
        assertThat(next(shard("1V 2G"), members(List.of(1, 2), List.of())))
                .contains(members(List.of(1), List.of()));
    }

    @Test
    void shouldPutOffWhatWouldLeaveNoMajorityThatAnswers() {
        ShardImage shrinking = shard("1V 2V 3G");

        assertThat(MembersPlan.next(shrinking, ABC, member -> member.nodeId() != 2)).isEmpty();
        assertThat(MembersPlan.next(shrinking, ABC, member -> member.nodeId() != 3)).isPresent();
    }

    @Test
    void shouldNotUndoWhatANewerMapPlaced() {
        Members newer = members(List.of(1, 2, 3), List.of(9));

        assertThat(next(shard("1V 2V 3V"), newer)).isEmpty();
    }

    @Test
    void shouldRemoveWhatTheMapHasForgotten() {
        ShardImage forgot = shard("1V 2V 3V 9L").without(9);

        assertThat(next(forgot, members(List.of(1, 2, 3), List.of(9)))).contains(ABC);
        assertThat(next(forgot, members(List.of(1, 2, 3, 9), List.of()))).contains(ABC);
    }

    @Test
    void shouldLeaveFoundersThatAreNotReadyAlone() {
        assertThat(next(shard("1V 2V 3N"), ABC)).isEmpty();
    }

    private static Optional<Members> next(ShardImage wanted, Members inForce) {
        return MembersPlan.next(wanted, inForce);
    }

    /** N new, L learner, V voter, G leaving (going), X lost. */
    static ShardImage shard(String text) {
        List<ReplicaImage> replicas = new ArrayList<>();
        for (String one : text.split(" ")) {
            int id = Integer.parseInt(one.substring(0, one.length() - 1));
            ReplicaState state =
                    switch (one.charAt(one.length() - 1)) {
                        case 'N' -> ReplicaState.NEW;
                        case 'L' -> ReplicaState.LEARNER;
                        case 'V' -> ReplicaState.VOTER;
                        case 'G' -> ReplicaState.LEAVING;
                        default -> ReplicaState.LOST;
                    };
            replicas.add(new ReplicaImage(id % 10, id, state));
        }
        return new ShardImage(1, replicas, List.of(1L, 2L, 3L), ConfirmedMembers.NONE);
    }

    static Members members(List<Integer> voters, List<Integer> learners) {
        return new Members(
                voters.stream().map(id -> new Member(id % 10, id)).toList(),
                learners.stream().map(id -> new Member(id % 10, id)).toList());
    }
}
