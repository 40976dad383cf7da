package io.millrace.broker.coordinator;

import io.millrace.broker.coordinator.GroupInsight.Revocation;
import io.millrace.broker.group.AssignedPartition;
import io.millrace.broker.group.GroupCommand;
import io.millrace.broker.group.GroupCommand.ExpireMembers;
import io.millrace.broker.group.GroupCommand.ForceRelease;
import io.millrace.broker.group.GroupLeases;
import io.millrace.broker.group.GroupState;
import io.millrace.broker.group.Member;
import io.millrace.broker.group.MemberStay;
import io.millrace.broker.group.RevocationClock;
import io.millrace.broker.group.TickedTime;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches how long members are silent and how long owners take to give partitions up, and proposes
 * what follows from it. Whoever is a member when the vigil begins has a full lease. Used on the
 * coordinator's lane.
 */
final class Vigil {

    /** How often {@link #tick} is to be called. */
    static final Duration PERIOD = Duration.ofMillis(200);

    private static final Logger LOG = LoggerFactory.getLogger(Vigil.class);
    private static final int NAMED = 10;

    private final GroupLog log;
    private final TickedTime time;
    private GroupLeases leases;
    private RevocationClock revocations;
    private Set<MemberStay> expiring = Set.of();
    private boolean forcing;

    Vigil(GroupLog log, long nanoTime) {
        this.log = log;
        this.time = new TickedTime(2 * PERIOD.toNanos(), nanoTime);
    }

    /** The group is this now. */
    void keep(GroupState group) {
        if (leases == null) {
            leases = new GroupLeases(time, group);
            revocations = new RevocationClock(time, group);
        } else {
            leases.keep(group);
            revocations.keep(group);
        }
    }

    /** A member was heard of; false: that stay is over. */
    boolean renew(MemberStay stay) {
        return leases.renew(stay);
    }

    /** A member is told that it has a full lease. */
    void tell(Member member) {
        leases.tell(member);
    }

    /** Whether the lease that a member was told is not the one that it is to have. */
    boolean isOutdated(MemberStay stay) {
        return leases.isOutdated(stay);
    }

    /**
     * Whether the end of a stay is being written. Nobody may be told meanwhile that it lasts: it
     * would believe so for another lease.
     */
    boolean isExpiring(MemberStay stay) {
        return expiring.contains(stay);
    }

    long silentMs(MemberStay stay) {
        return leases.silentMs(stay);
    }

    RevocationClock revocations() {
        return revocations;
    }

    Revocation revocation(AssignedPartition partition) {
        return new Revocation(revocations.waitingMs(partition), revocations.remainingMs(partition));
    }

    /** Time has passed for a group that is kept. */
    void tick(GroupState group, long nanoTime) {
        time.tick(nanoTime);
        if (expiring.isEmpty()) {
            expire(group, leases.expired());
        }
        if (!forcing) {
            force(group, revocations.overdue());
        }
    }

    private void expire(GroupState group, List<MemberStay> expired) {
        if (expired.isEmpty()) {
            return;
        }
        LOG.info(
                "members were silent for longer than their leases group={} count={} members={}",
                group.name(),
                expired.size(),
                expired.stream().limit(NAMED).map(MemberStay::memberId).toList());
        expiring = Set.copyOf(expired);
        propose(new ExpireMembers(group.groupId(), expired), () -> expiring = Set.of());
    }

    private void force(GroupState group, List<AssignedPartition> overdue) {
        if (overdue.isEmpty()) {
            return;
        }
        LOG.info(
                "partitions were not given up in time and are taken away group={} count={}"
                        + " partitions={}",
                group.name(),
                overdue.size(),
                overdue.stream().limit(NAMED).map(AssignedPartition::partition).toList());
        forcing = true;
        propose(new ForceRelease(group.groupId(), overdue), () -> forcing = false);
    }

    /** What fails is found again with the next tick: both commands are conditional. */
    private void propose(GroupCommand command, Runnable over) {
        log.propose(
                command,
                applied -> over.run(),
                failure -> {
                    LOG.debug("a group could not be changed, tried again: {}", failure.toString());
                    over.run();
                });
    }
}
