package io.millrace.broker.queue;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * Whose turn it is: members take turns, and who has allowed more gets more. Each has a place on a
 * line that moves on by a step with each record, a shorter one the more credit it gave; the one
 * that is farthest behind is next.
 */
final class MemberRing {

    static final int MAX_MEMBERS = QueueDispatcher.MAX_MEMBERS;

    private static final int LONGEST_STEP = 1 << 20;

    private final Map<String, Member> members = new HashMap<>();
    private final TreeSet<Member> willing =
            new TreeSet<>(
                    Comparator.<Member>comparingLong(m -> m.place).thenComparing(m -> m.memberId));
    private long place;

    /** Lets a member take part, without credit; of one that does, only the lease changes. */
    void join(String memberId, long leaseMs) {
        if (members.size() >= MAX_MEMBERS && !members.containsKey(memberId)) {
            throw new IllegalStateException("a queue with more than " + MAX_MEMBERS + " members");
        }
        members.computeIfAbsent(memberId, Member::new).leaseMs = leaseMs;
    }

    /** Sets how many records more a member takes. One that does not take part is passed over. */
    void credit(String memberId, int credit) {
        Member member = members.get(memberId);
        if (member == null || member.credit == credit) {
            return;
        }
        willing.remove(member);
        if (member.credit == 0) {
            member.place = Math.max(member.place, place); // who sat out has not saved up turns
        }
        member.credit = credit;
        member.step = LONGEST_STEP / Math.max(1, Math.min(credit, LONGEST_STEP));
        addIfWilling(member);
    }

    void leave(String memberId) {
        Member member = members.remove(memberId);
        if (member != null) {
            willing.remove(member);
        }
    }

    /** Who gets the next record, and pays for it with credit; null if nobody can take one. */
    Member next() {
        Member member = willing.pollFirst();
        if (member == null) {
            return null;
        }
        place = member.place;
        member.place += member.step;
        member.credit--;
        addIfWilling(member);
        return member;
    }

    int size() {
        return members.size();
    }

    int withCredit() {
        return willing.size();
    }

    private void addIfWilling(Member member) {
        if (member.credit > 0) {
            willing.add(member);
        }
    }

    /** One that receives. */
    static final class Member {

        final String memberId;
        long leaseMs;
        private int credit;
        private long place;
        private long step;

        private Member(String memberId) {
            this.memberId = memberId;
        }
    }
}
