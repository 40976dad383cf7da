package io.millrace.broker.groups;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.coordinator.GroupInsight;
import io.millrace.broker.coordinator.MemberInsight;
import io.millrace.broker.coordinator.PartitionProgress;
import io.millrace.broker.group.AssignedPartition;
import io.millrace.broker.group.CommittedOffset;
import io.millrace.broker.group.GroupLimits;
import io.millrace.broker.group.GroupState;
import io.millrace.broker.group.Member;
import io.millrace.broker.group.Ownership;
import io.millrace.broker.group.PartitionKey;
import io.millrace.broker.groups.GroupFacts.Group;
import io.millrace.broker.groups.GroupFacts.Log;
import io.millrace.broker.groups.GroupFacts.Owner;
import io.millrace.broker.groups.GroupFacts.Place;
import io.millrace.broker.groups.GroupFacts.Progress;
import io.millrace.broker.groups.GroupFacts.Queue;
import io.millrace.broker.groups.GroupFacts.QueueFacts;
import io.millrace.broker.groups.GroupFacts.QueueStanding;
import io.millrace.broker.groups.GroupFacts.Revocation;
import io.millrace.broker.groups.GroupFacts.Stream;
import io.millrace.broker.groups.GroupFacts.Untaken;
import io.millrace.v1.DescribeGroupResponse;
import io.millrace.v1.GroupMember;
import io.millrace.v1.GroupPartition;
import io.millrace.v1.InspectedPartition;
import io.millrace.v1.InspectedQueue;
import io.millrace.v1.LeftOutTopics;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Puts together what is known of a group at one moment, and says what it means. */
final class GroupReport {

    private static final int MAX_LEFT_OUT = 100;

    private final GroupImage image;
    private final ClusterImage map;
    private final int coordinatorNode;
    private final GroupState state;
    private final Optional<GroupInsight> insight;
    private final Map<Long, InspectedPartition> seen;
    private final Map<Long, Integer> followers = new HashMap<>();
    private final Map<String, Optional<Untaken>> untaken = new HashMap<>();

    /**
     * @param coordinatorNode 0: none
     * @param state as far as it is known here
     * @param insight what the coordinator knows; empty: it cannot be asked
     * @param seen what partition leaders say, by partition id; those who say nothing are missing
     */
    GroupReport(
            GroupImage image,
            ClusterImage map,
            int coordinatorNode,
            GroupState state,
            Optional<GroupInsight> insight,
            Map<Long, InspectedPartition> seen) {
        this.image = image;
        this.map = map;
        this.coordinatorNode = coordinatorNode;
        this.state = state;
        this.insight = insight;
        this.seen = seen;
    }

    /** The report. */
    DescribeGroupResponse draw() {
        DescribeGroupResponse.Builder report =
                DescribeGroupResponse.newBuilder()
                        .setGroup(GroupMessages.summary(image, coordinatorNode))
                        .setGroupEpoch(state.groupEpoch())
                        .setPaused(state.paused())
                        .putAllConfig(GroupConfig.effective(image.overrides()));
        state.members().values().forEach(member -> report.addMembers(member(member)));
        for (ListedPartition one : listed()) {
            report.addPartitions(image.queue() ? queued(one) : streamed(one));
        }
        insight.map(GroupInsight::leftOut)
                .filter(topics -> !topics.isEmpty())
                .ifPresent(topics -> report.setLeftOut(leftOut(topics)));
        state.seekLog().forEach(entry -> report.addSeeks(GroupMessages.seek(entry, map)));
        return report.build();
    }

    private static LeftOutTopics leftOut(List<String> topics) {
        return LeftOutTopics.newBuilder()
                .setCount(topics.size())
                .addAllTopics(topics.stream().limit(MAX_LEFT_OUT).toList())
                .setMaxPartitions(GroupLimits.MAX_PARTITIONS)
                .build();
    }

    private List<ListedPartition> listed() {
        List<ListedPartition> known = ListedPartition.of(state, map);
        return image.queue() ? ListedPartition.with(known, seen.keySet(), image, map) : known;
    }

    private GroupMember member(Member member) {
        return GroupMember.newBuilder()
                .setMemberId(member.memberId())
                .setMemberEpoch(member.memberEpoch())
                .setInstanceId(member.instanceId())
                .setClientName(member.joining().clientName())
                .setClientAddress(member.joining().clientAddress())
                .addAllTopics(member.subscription().topics())
                .setWeight(member.joining().weight())
                .setRack(member.joining().rack())
                .setSilentMs(silentMs(member.memberId()))
                .setLeaseMs((int) state.leaseMs(member))
                .build();
    }

    private long silentMs(String memberId) {
        return insight.flatMap(it -> it.member(memberId)).map(MemberInsight::silentMs).orElse(0L);
    }

    private GroupPartition streamed(ListedPartition one) {
        GroupPartition.Builder row = row(one);
        PartitionKey key = one.key();
        Ownership owner = state.owners().get(key);
        CommittedOffset committed = state.offsets().get(key);
        InspectedPartition log = seen.get(one.image().partitionId());
        if (owner != null) {
            row.setMemberId(owner.memberId()).setAssignmentEpoch(owner.assignmentEpoch());
        }
        if (committed != null) {
            row.setCommittedOffset(committed.offset())
                    .setMetadata(committed.metadata())
                    .setCommitTimeMs(committed.commitTimeMs());
        }
        if (committed != null && log != null) {
            long first = Math.max(committed.offset(), log.getLogStartOffset());
            setLag(row, log, Math.max(0, log.getLogEndOffset() - first));
        } else if (log != null && log.getLogEndOffset() == log.getLogStartOffset()) {
            // Wherever the group will begin: nothing is there to be done.
            setLag(row, log, 0);
        }
        Finding finding =
                Diagnosis.of(
                        new Stream(
                                group(),
                                place(one),
                                Optional.ofNullable(owner).map(it -> owner(key, it)),
                                committed == null
                                        ? OptionalLong.empty()
                                        : OptionalLong.of(committed.offset()),
                                uncommittedMs(key, log),
                                log(log)));
        return with(row, finding);
    }

    /**
     * The owner is not to be blamed for the time before it had the partition, nor for that when
     * nothing was to be done.
     */
    private long uncommittedMs(PartitionKey key, InspectedPartition log) {
        if (insight.isEmpty()) {
            return 0;
        }
        long owned = insight.get().ownedMs().getOrDefault(key, 0L);
        long still = insight.get().commitStillMs().getOrDefault(key, owned);
        long open = log != null && log.hasOpenForMs() ? log.getOpenForMs() : owned;
        return Math.min(owned, Math.min(still, open));
    }

    private GroupPartition queued(ListedPartition one) {
        GroupPartition.Builder row = row(one);
        InspectedPartition log = seen.get(one.image().partitionId());
        if (log != null && log.hasQueue()) {
            row.setCommittedOffset(log.getQueue().getWatermark());
            setLag(row, log, log.getQueue().getOpenRecords());
        }
        Finding finding =
                QueueDiagnosis.of(
                        new Queue(
                                group(),
                                place(one),
                                log(log),
                                log == null || !log.hasQueue()
                                        ? Optional.empty()
                                        : Optional.of(queue(log.getQueue()))));
        return with(row, finding);
    }

    private GroupPartition.Builder row(ListedPartition one) {
        GroupPartition.Builder row =
                GroupPartition.newBuilder()
                        .setTopic(one.topic().name())
                        .setTopicId(one.topic().topicId())
                        .setPartition(one.number());
        InspectedPartition log = seen.get(one.image().partitionId());
        if (log != null) {
            row.setLogStartOffset(log.getLogStartOffset()).setLogEndOffset(log.getLogEndOffset());
        }
        return row;
    }

    private static void setLag(GroupPartition.Builder row, InspectedPartition log, long records) {
        row.setLagRecords(records);
        if (records == 0) {
            row.setLagMs(0);
        } else if (log.hasOpenForMs()) {
            row.setLagMs(log.getOpenForMs());
        }
    }

    private static GroupPartition with(GroupPartition.Builder row, Finding finding) {
        return row.setVerdict(finding.verdict())
                .setEvidence(finding.evidence())
                .setAdvice(finding.advice())
                .build();
    }

    private Group group() {
        return new Group(image.name(), image.shard(), insight.isPresent(), state.paused());
    }

    private Place place(ListedPartition one) {
        int following =
                followers.computeIfAbsent(
                        one.topic().topicId(),
                        id ->
                                (int)
                                        state.members().values().stream()
                                                .map(Member::subscription)
                                                .filter(it -> it.matches(one.topic().name()))
                                                .count());
        return new Place(one.topic().name(), one.number(), one.image().shard(), following);
    }

    private Owner owner(PartitionKey key, Ownership owner) {
        Member member = state.members().get(owner.memberId());
        return new Owner(
                owner.memberId(),
                member == null ? "" : member.joining().clientAddress(),
                silentMs(owner.memberId()),
                member == null ? state.config().leaseMs() : state.leaseMs(member),
                owner.isRevoking() ? Optional.of(revocation(key, owner)) : Optional.empty(),
                insight.flatMap(it -> it.member(owner.memberId()))
                        .flatMap(it -> it.progress(key))
                        .filter(it -> it.assignmentEpoch() == owner.assignmentEpoch())
                        .map(GroupReport::progress),
                untaken.computeIfAbsent(owner.memberId(), this::untaken));
    }

    /** The partition of which a member's user has taken nothing for the longest time. */
    private Optional<Untaken> untaken(String memberId) {
        Map<PartitionKey, PartitionProgress> all =
                insight.flatMap(it -> it.member(memberId))
                        .map(MemberInsight::progress)
                        .orElse(Map.of());
        return all.entrySet().stream()
                .filter(it -> it.getValue().outOfCredit() && !it.getValue().paused())
                .filter(it -> isOfNow(it.getKey(), it.getValue()))
                .max(Comparator.comparingLong(it -> it.getValue().positionStillMs()))
                .map(it -> new Untaken(name(it.getKey()), it.getValue().positionStillMs()));
    }

    private boolean isOfNow(PartitionKey key, PartitionProgress told) {
        Ownership owner = state.owners().get(key);
        return owner != null && owner.assignmentEpoch() == told.assignmentEpoch();
    }

    private String name(PartitionKey key) {
        return state.topics().get(key.topicId()).name() + "/" + key.partition();
    }

    private Revocation revocation(PartitionKey key, Ownership owner) {
        GroupInsight.Revocation told =
                insight.map(GroupInsight::revocations)
                        .map(all -> all.get(new AssignedPartition(key, owner.assignmentEpoch())))
                        .orElse(
                                new GroupInsight.Revocation(
                                        0, state.config().revocationTimeoutMs()));
        return new Revocation(owner.target(), told.waitingMs(), told.remainingMs());
    }

    private static Progress progress(PartitionProgress told) {
        return new Progress(
                told.position(),
                told.positionStillMs(),
                told.outOfCredit(),
                told.paused(),
                told.delivered(),
                told.filtered(),
                told.filter());
    }

    private static Optional<Log> log(InspectedPartition seen) {
        return Optional.ofNullable(seen)
                .map(
                        it ->
                                new Log(
                                        it.getLogStartOffset(),
                                        it.getLogEndOffset(),
                                        Set.copyOf(it.getHeldBackFiltersList())));
    }

    private static QueueFacts queue(InspectedQueue seen) {
        return new QueueFacts(
                seen.getWatermark(),
                seen.getOpenRecords(),
                seen.hasStanding()
                        ? Optional.of(
                                new QueueStanding(
                                        seen.getStanding().getVerdict(),
                                        seen.getStanding().getEvidence(),
                                        seen.getStanding().hasRecord()
                                                ? OptionalLong.of(seen.getStanding().getRecord())
                                                : OptionalLong.empty(),
                                        seen.getStanding().getBreakerOpen()))
                        : Optional.empty());
    }
}
