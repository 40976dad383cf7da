package io.millrace.client.group;

import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.PartitionFeed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The stays of a member, looked through and ended together. Takes the member's locks itself. */
final class Stays {
    private static final int NAMED = 10;

    private final Member member;
    private final PartitionFeed feed;
    private final Commits commits;

    Stays(Member member, PartitionFeed feed, Commits commits) {
        this.member = member;
        this.feed = feed;
        this.commits = commits;
    }

    /** Ends stays at once; gives those back that the user does not know to have ended. */
    List<Held> drop(Predicate<Held> which) {
        List<Held> lost = new ArrayList<>();
        member.gate().lock();
        member.lock().lock();
        try {
            for (Held stay : List.copyOf(member.held().values())) {
                if (which.test(stay)) {
                    member.held().remove(stay.partition());
                    feed.remove(stay.partition());
                    if (!stay.isGivenUp()) {
                        stay.setState(Held.State.GIVEN_UP);
                        commits.ended(stay);
                        lost.add(stay);
                    }
                }
            }
        } finally {
            member.lock().unlock();
            member.gate().unlock();
        }
        return lost;
    }

    /** Ends stays at once. */
    List<Held> end(Predicate<Held> which) {
        member.lock().lock();
        try {
            List<Held> found = find(which);
            for (Held stay : found) {
                commits.ended(stay);
                stay.setState(Held.State.GIVEN_UP);
            }
            return found;
        } finally {
            member.lock().unlock();
        }
    }

    /** The stays of which this holds. */
    List<Held> find(Predicate<Held> which) {
        member.lock().lock();
        try {
            return new ArrayList<>(member.held().values().stream().filter(which).toList());
        } finally {
            member.lock().unlock();
        }
    }

    /** Those whose partition the user knows of and that nothing is read of yet. */
    List<Held> starting(Predicate<Held> which) {
        member.lock().lock();
        try {
            List<Held> found = new ArrayList<>();
            for (Held stay : member.held().values()) {
                if (stay.state() == Held.State.STARTING && stay.wasTold() && which.test(stay)) {
                    found.add(stay);
                }
            }
            return found;
        } finally {
            member.lock().unlock();
        }
    }

    /** Nothing more is given of anything. */
    void stopAll() {
        member.gate().lock();
        member.lock().lock();
        try {
            for (Held stay : member.held().values()) {
                if (stay.state() == Held.State.STARTING || stay.state() == Held.State.ACTIVE) {
                    feed.remove(stay.partition());
                    stay.setState(Held.State.REVOKING);
                }
            }
        } finally {
            member.lock().unlock();
            member.gate().unlock();
        }
    }

    /** The partitions that the user knows of. */
    static Set<TopicPartition> told(Collection<Held> stays) {
        Set<TopicPartition> known = new TreeSet<>();
        stays.stream().filter(Held::wasTold).forEach(it -> known.add(it.partition()));
        return known;
    }

    /** For a line of a log: how many there are, and the first few. */
    static String some(Collection<TopicPartition> partitions) {
        String named =
                partitions.stream()
                        .limit(NAMED)
                        .map(TopicPartition::toString)
                        .collect(Collectors.joining(" "));
        return partitions.size() <= NAMED
                ? named
                : "%s and %,d more".formatted(named, partitions.size() - NAMED);
    }

    static boolean isRevoking(Held stay) {
        return stay.state() == Held.State.REVOKING;
    }
}
