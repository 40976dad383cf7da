package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.conf.Configuration;
import io.millrace.raft.Member;
import io.millrace.raft.Members;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class MembersStepsTest {

    private static Members members(List<Integer> voters, List<Integer> learners) {
        return new Members(
                voters.stream().map(id -> new Member(id, id)).toList(),
                learners.stream().map(id -> new Member(id, id)).toList());
    }

    private static Configuration configuration(Members members) {
        return new Configuration(
                members.voters().stream().map(ReplicaAddress::peer).toList(),
                members.learners().stream().map(ReplicaAddress::peer).toList());
    }

    /** "voters | learners" of every step. */
    private static List<String> path(Members from, Members target) {
        List<String> path = new ArrayList<>();
        Configuration now = configuration(from);
        while (true) {
            Optional<Configuration> next = MembersSteps.next(now, target);
            if (next.isEmpty()) {
                return path;
            }
            assertThat(next.get().isValid()).isTrue();
            assertThat(path.size()).isLessThan(5);
            now = next.get();
            path.add(nodes(now.getPeers()) + " | " + nodes(now.getLearners()));
        }
    }

    private static List<Integer> nodes(
            java.util.Collection<com.alipay.sofa.jraft.entity.PeerId> peers) {
        return peers.stream().map(ReplicaAddress::node).sorted().toList();
    }

    @Test
    void shouldDoNothingWhenTheTargetIsReached() {
        assertThat(path(members(List.of(1, 2), List.of(3)), members(List.of(2, 1), List.of(3))))
                .isEmpty();
    }

    @Test
    void shouldAddLearnersInOneStep() {
        assertThat(path(members(List.of(1), List.of()), members(List.of(1), List.of(2, 3))))
                .containsExactly("[1] | [2, 3]");
    }

    /** jraft would never count what a learner that it promotes acknowledges. */
    @Test
    void shouldLetALearnerGoBeforeItVotes() {
        assertThat(path(members(List.of(1), List.of(2, 3)), members(List.of(1, 2, 3), List.of())))
                .containsExactly("[1] | []", "[1, 2, 3] | []");
    }

    @Test
    void shouldLetAVoterGoBeforeItLearns() {
        assertThat(path(members(List.of(1, 2, 3), List.of()), members(List.of(1, 2), List.of(3))))
                .containsExactly("[1, 2] | []", "[1, 2] | [3]");
    }

    @Test
    void shouldReplaceAVoterByALearner() {
        assertThat(
                        path(
                                members(List.of(1, 2, 3), List.of(4)),
                                members(List.of(1, 2, 4), List.of())))
                .containsExactly("[1, 2, 3] | []", "[1, 2, 4] | []");
    }

    @Test
    void shouldGoDownToOneVoterByWayOfTwo() {
        assertThat(path(members(List.of(1, 2, 3), List.of()), members(List.of(3), List.of())))
                .containsExactly("[1, 3] | []", "[3] | []");
        assertThat(path(members(List.of(1, 2), List.of()), members(List.of(3), List.of())))
                .containsExactly("[3] | []");
    }

    @Test
    void shouldReachEveryTargetFromEverywhere() {
        List<Members> all = new ArrayList<>();
        for (int code = 0; code < 81; code++) {
            int rest = code;
            List<List<Integer>> roles = List.of(new ArrayList<>(), new ArrayList<>());
            for (int node : IntStream.rangeClosed(1, 4).toArray()) {
                if (rest % 3 < 2) {
                    roles.get(rest % 3).add(node);
                }
                rest /= 3;
            }
            if (!roles.get(0).isEmpty()) {
                all.add(members(roles.get(0), roles.get(1)));
            }
        }
        for (Members from : all) {
            for (Members target : all) {
                path(from, target);
            }
        }
    }
}
