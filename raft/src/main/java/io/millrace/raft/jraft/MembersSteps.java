package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.PeerId;
import io.millrace.raft.Member;
import io.millrace.raft.Members;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Cuts a change of members into steps that jraft gets right.
 *
 * <p>jraft sends to a member as to a voter or as to a learner for as long as it sends to it at all:
 * a learner that became a voter in one step would never have its acknowledgements counted, and be
 * sent nothing any more once the change is over. So it leaves first and comes back as the other; it
 * keeps what it has, and is sent the little that it misses. And a shard goes down to one voter by
 * way of two: after a restart jraft takes all that the log of an only voter holds for committed,
 * also while the others may still overrule it.
 */
final class MembersSteps {

    private MembersSteps() {}

    /**
     * The next members on the way.
     *
     * @return empty if the target is reached
     */
    static Optional<Configuration> next(Configuration now, Members target) {
        Set<PeerId> voters = peers(target.voters());
        Set<PeerId> learners = peers(target.learners());
        Set<PeerId> nowVoters = new LinkedHashSet<>(now.getPeers());
        Set<PeerId> nowLearners = new LinkedHashSet<>(now.getLearners());
        if (nowVoters.equals(voters) && nowLearners.equals(learners)) {
            return Optional.empty();
        }
        Set<PeerId> waiting = new LinkedHashSet<>(learners);
        waiting.removeAll(nowVoters);
        if (nowLearners.stream().anyMatch(voters::contains)) {
            return Optional.of(new Configuration(nowVoters, waiting));
        }
        if (voters.size() == 1 && nowVoters.size() > 2) {
            voters = twoOf(nowVoters, voters);
        }
        return Optional.of(new Configuration(voters, waiting));
    }

    private static Set<PeerId> twoOf(Set<PeerId> now, Set<PeerId> last) {
        Set<PeerId> two = new LinkedHashSet<>(last);
        List<PeerId> others = new ArrayList<>(now);
        others.removeAll(last);
        two.add(others.get(0));
        return two;
    }

    private static Set<PeerId> peers(List<Member> members) {
        Set<PeerId> peers = new LinkedHashSet<>();
        members.forEach(member -> peers.add(ReplicaAddress.peer(member)));
        return peers;
    }
}
