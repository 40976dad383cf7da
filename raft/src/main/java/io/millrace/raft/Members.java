package io.millrace.raft;

import java.util.List;
import java.util.stream.Stream;

/**
 * Who belongs to a shard.
 *
 * @param voters those whose votes and acknowledgements count
 * @param learners those that are sent everything and do not count
 */
public record Members(List<Member> voters, List<Member> learners) {

    public static final Members NONE = new Members(List.of(), List.of());

    public Members {
        voters = List.copyOf(voters);
        learners = List.copyOf(learners);
        if (learners.stream().anyMatch(voters::contains)) {
            throw new IllegalArgumentException(
                    "a member is a voter or a learner: " + voters + " and " + learners);
        }
    }

    /** Voters alone. */
    public static Members voting(Member... voters) {
        return new Members(List.of(voters), List.of());
    }

    /** Voters first. */
    public List<Member> all() {
        return Stream.concat(voters.stream(), learners.stream()).toList();
    }

    /** The nodes that hold members, voters first. */
    public List<Integer> nodes() {
        return all().stream().map(Member::nodeId).toList();
    }
}
