package io.millrace.broker.group;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.Map;

/**
 * A member of a group, in its present stay. Immutable.
 *
 * @param memberEpoch the stay's number, never used twice in the group
 * @param joining as it introduced itself
 */
public record Member(long memberEpoch, Joining joining) {

    /** Its id. */
    public String memberId() {
        return joining.memberId();
    }

    /** Its name that survives restarts; empty: none. */
    public String instanceId() {
        return joining.instanceId();
    }

    /** What it follows. */
    public Subscription subscription() {
        return joining.subscription();
    }

    /** Its present stay. */
    public MemberStay stay() {
        return new MemberStay(memberId(), memberEpoch);
    }

    /** The name by which it is known for longest: its instance id, or its id. */
    String lastingName() {
        return joining.isStatic() ? instanceId() : memberId();
    }

    /** Whether another takes part in the sharing in the same way. */
    boolean sharesAs(Member other) {
        return joining.isStatic() == other.joining.isStatic()
                && lastingName().equals(other.lastingName())
                && joining.weight() == other.joining.weight()
                && joining.rack().equals(other.joining.rack())
                && subscription().equals(other.subscription());
    }

    /** The same member; its subscription is one with those of others that follow the same. */
    Member sharing(Map<Subscription, Subscription> known) {
        Subscription one = known.computeIfAbsent(subscription(), same -> same);
        return new Member(memberEpoch, joining.following(one));
    }

    void encode(WireWriter out) {
        out.int64(memberEpoch);
        joining.encode(out);
    }

    static Member decode(WireReader in) throws MalformedException {
        return new Member(in.int64(), Joining.decode(in));
    }
}
