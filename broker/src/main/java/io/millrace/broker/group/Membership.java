package io.millrace.broker.group;

import io.millrace.broker.group.GroupCommand.ExpireMembers;
import io.millrace.broker.group.GroupCommand.JoinGroup;
import io.millrace.broker.group.GroupCommand.LeaveGroup;
import io.millrace.broker.group.GroupResult.Commits;
import io.millrace.broker.group.GroupResult.Done;
import io.millrace.broker.group.GroupResult.JoinOutcome;
import io.millrace.broker.group.GroupResult.JoinRefused;
import io.millrace.broker.group.GroupResult.Joined;
import io.millrace.broker.group.GroupResult.Joins;
import io.millrace.broker.group.GroupResult.Refused;
import io.millrace.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How members come and go: what of one command changes in a draft. */
final class Membership {

    private final GroupDraft draft;
    private final Set<Subscription> subscriptions = new HashSet<>();
    private int subscribed;
    private int patterns;
    private boolean toBeShared;

    Membership(GroupDraft draft) {
        this.draft = draft;
    }

    Joins join(JoinGroup command) {
        for (Member member : draft.members.values()) {
            count(member.subscription());
        }
        List<JoinOutcome> outcomes = new ArrayList<>(command.joining().size());
        for (Joining joining : command.joining()) {
            outcomes.add(join(joining, command.newestPartitionId()));
        }
        forgetFollowed();
        if (toBeShared) {
            draft.shareOut();
        }
        return new Joins(outcomes);
    }

    Done expire(ExpireMembers command) {
        List<Member> gone =
                command.stays().stream()
                        .distinct()
                        .filter(draft::isPresent)
                        .map(stay -> draft.members.get(stay.memberId()))
                        .toList();
        remove(gone);
        return new Done(!gone.isEmpty());
    }

    GroupResult leave(LeaveGroup command) {
        MemberStay stay = command.last().stay();
        if (!draft.isPresent(stay)) {
            return new Refused(ErrorCode.MEMBER_FENCED, Progress.fencedMessage(stay));
        }
        Commits commits =
                new Progress(draft).commit(List.of(command.last()), command.leaderTimeMs());
        Member member = draft.members.get(stay.memberId());
        if (!command.restarting() || !member.joining().isStatic()) {
            remove(List.of(member));
        }
        return commits;
    }

    private JoinOutcome join(Joining joining, long newestPartitionId) {
        List<Member> formers = formers(joining);
        JoinRefused refused = refusal(joining, formers);
        if (refused != null) {
            return refused;
        }
        Member member = new Member(draft.nextMemberEpoch++, joining);
        formers.forEach(former -> draft.members = draft.members.without(former.memberId()));
        draft.members = draft.members.with(member.memberId(), member);
        draft.changed(member.memberId());
        count(joining.subscription());
        follow(joining.subscription(), newestPartitionId);
        formers.forEach(former -> handOver(former, member));
        toBeShared |= formers.size() != 1 || !member.sharesAs(formers.get(0));
        return new Joined(member.stay(), formers.stream().map(Member::stay).toList());
    }

    /** Whose place somebody takes: who has the same id, and who has the same instance id. */
    private List<Member> formers(Joining joining) {
        List<Member> formers = new ArrayList<>();
        Member sameId = draft.members.get(joining.memberId());
        if (sameId != null) {
            formers.add(sameId);
        }
        if (joining.isStatic()
                && (sameId == null || !sameId.instanceId().equals(joining.instanceId()))) {
            draft.members.values().stream()
                    .filter(member -> member.instanceId().equals(joining.instanceId()))
                    .findFirst()
                    .ifPresent(formers::add);
        }
        return formers;
    }

    private JoinRefused refusal(Joining joining, List<Member> formers) {
        String fault = joining.fault().orElse(null);
        if (fault != null) {
            return new JoinRefused(ErrorCode.INVALID_ARGUMENT, fault);
        }
        int most = draft.config.maxMembers();
        if (formers.isEmpty() && draft.members.size() >= most) {
            return new JoinRefused(
                    ErrorCode.GROUP_FULL,
                    "the group \"%s\" is full: %,d of max.members=%,d; stop members, or raise it"
                            .formatted(draft.before.name(), draft.members.size(), most));
        }
        Subscription wanted = joining.subscription();
        if (!subscriptions.contains(wanted)
                && (subscribed + wanted.topics().size() > GroupLimits.MAX_SUBSCRIBED
                        || patterns + wanted.patternCount() > GroupLimits.MAX_PATTERNS)) {
            return new JoinRefused(
                    ErrorCode.INVALID_ARGUMENT,
                    "topics: the members' different subscriptions would hold %,d names and patterns,"
                                    .formatted(subscribed + wanted.topics().size())
                            + " %,d of them patterns; a group may have %,d, %,d of them patterns: let"
                                    .formatted(
                                            patterns + wanted.patternCount(),
                                            GroupLimits.MAX_SUBSCRIBED,
                                            GroupLimits.MAX_PATTERNS)
                            + " its members follow the same");
        }
        return null;
    }

    private void count(Subscription subscription) {
        if (subscriptions.add(subscription)) {
            subscribed += subscription.topics().size();
            patterns += subscription.patternCount();
        }
    }

    /** What is followed already is followed since then. */
    private void follow(Subscription wanted, long newestPartitionId) {
        for (String topic : wanted.topics()) {
            if (!draft.followed.containsKey(topic)) {
                draft.followed = draft.followed.with(topic, newestPartitionId);
            }
        }
    }

    /** Members that follow something else each time must not fill the memory. */
    private void forgetFollowed() {
        if (draft.followed.size() <= GroupLimits.MAX_SUBSCRIBED) {
            return;
        }
        Set<String> present = new HashSet<>();
        draft.members.values().stream()
                .map(Member::subscription)
                .distinct()
                .forEach(it -> present.addAll(it.topics()));
        for (String topic : draft.followed.keySet()) {
            if (!present.contains(topic)) {
                draft.followed = draft.followed.without(topic);
            }
        }
    }

    /** Gives what a former stay has, or was to have, to the stay that takes its place. */
    private void handOver(Member former, Member member) {
        draft.changed(former.memberId());
        for (Map.Entry<PartitionKey, Ownership> one : draft.owners().entrySet()) {
            PartitionKey partition = one.getKey();
            Ownership owner = one.getValue();
            boolean isTarget = owner.target().equals(former.memberId());
            String target = isTarget ? member.memberId() : owner.target();
            if (owner.memberId().equals(former.memberId())) {
                pass(partition, target);
            } else if (isTarget) {
                draft.aim(partition, owner, target);
            }
        }
    }

    private void remove(List<Member> gone) {
        if (gone.isEmpty()) {
            return;
        }
        Set<String> ids = new HashSet<>();
        for (Member member : gone) {
            ids.add(member.memberId());
            draft.members = draft.members.without(member.memberId());
            draft.changed(member.memberId());
        }
        for (Map.Entry<PartitionKey, Ownership> one : draft.owners().entrySet()) {
            if (ids.contains(one.getValue().memberId())) {
                pass(one.getKey(), one.getValue().target());
            }
        }
        draft.shareOut();
    }

    /** Gives what nobody has any more to who is to have it, if that one still is. */
    private void pass(PartitionKey partition, String target) {
        if (draft.follows(target, partition)) {
            draft.grant(partition, target);
        } else {
            draft.free(partition);
        }
    }
}
