package io.millrace.broker.group;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * For how long the members of a group have been silent: in the memory of the coordinator alone. A
 * new coordinator makes a new one, so that everybody has a full lease. Who was told a lease has it
 * until it is told another, whatever the group's settings say by then: it sends its heartbeats, and
 * ends its stay by itself, by what it was told. Used by one thread at a time.
 */
public final class GroupLeases {

    private static final long NANOS_PER_MS = 1_000_000;

    private final TickedTime time;
    private final Map<MemberStay, Long> heardAt = new HashMap<>();
    private final Map<MemberStay, Long> toldMs = new HashMap<>();
    private GroupState group;

    /** Everybody who is a member has a full lease from now on. */
    public GroupLeases(TickedTime time, GroupState group) {
        this.time = time;
        keep(group);
    }

    /** The group is this now: stays that are over are forgotten, new ones have a full lease. */
    public void keep(GroupState changed) {
        if (group == null || group.members() != changed.members()) {
            heardAt.keySet().removeIf(stay -> !changed.isPresent(stay));
            toldMs.keySet().retainAll(heardAt.keySet());
            for (Member member : changed.members().values()) {
                heardAt.putIfAbsent(member.stay(), time.passedNanos());
                toldMs.putIfAbsent(member.stay(), changed.leaseMs(member));
            }
        }
        group = changed;
    }

    /**
     * A member was heard of.
     *
     * @return whether that stay is a present one; if not, it is fenced and must be told so
     */
    public boolean renew(MemberStay stay) {
        return heardAt.replace(stay, time.passedNanos()) != null;
    }

    /** A member is told the lease that it has now, which is a full one. */
    public void tell(Member member) {
        if (renew(member.stay())) {
            toldMs.put(member.stay(), group.leaseMs(member));
        }
    }

    /** Whether a member was told another lease than it would be told now. */
    public boolean isOutdated(MemberStay stay) {
        Long told = toldMs.get(stay);
        return told != null && told != group.leaseMs(group.members().get(stay.memberId()));
    }

    /**
     * Whose leases have run out, to be proposed as {@link GroupCommand.ExpireMembers}. They are
     * named until they are members no more, or are heard of again.
     */
    public List<MemberStay> expired() {
        List<MemberStay> expired = new ArrayList<>();
        for (Member member : group.members().values()) {
            if (silentMs(member.stay()) >= toldMs.get(member.stay())) {
                expired.add(member.stay());
            }
        }
        return expired;
    }

    /** Since a stay's last sign of life, in milliseconds; 0 for one that is over. */
    public long silentMs(MemberStay stay) {
        Long heard = heardAt.get(stay);
        return heard == null ? 0 : (time.passedNanos() - heard) / NANOS_PER_MS;
    }
}
