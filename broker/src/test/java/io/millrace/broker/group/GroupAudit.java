package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.config.GroupConfig.Assignor;
import io.millrace.broker.group.GroupCommand.CommitOffsets;
import io.millrace.broker.group.GroupCommand.JoinGroup;
import io.millrace.broker.group.GroupCommand.LeaveGroup;
import io.millrace.broker.group.GroupCommand.ReleasePartitions;
import io.millrace.broker.group.GroupCommand.SeekOffsets;
import io.millrace.broker.group.GroupCommand.SeekTarget;
import io.millrace.broker.group.GroupCommand.TopicsChanged;
import io.millrace.broker.group.GroupResult.CommitRefusal;
import io.millrace.broker.group.GroupResult.Commits;
import io.millrace.broker.group.GroupResult.JoinOutcome;
import io.millrace.broker.group.GroupResult.Joined;
import io.millrace.broker.group.GroupResult.Joins;
import io.millrace.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Sees every command that is applied to a group, once, and what it made of the group, and checks
 * all that must hold. C1 to C10 are what is promised of consumer groups.
 */
final class GroupAudit {

    private final SimulatedTopics topics;
    private final Set<MemberStay> over = new HashSet<>();
    private final Set<Long> memberEpochs = new HashSet<>();
    private final Set<Long> assignmentEpochs = new HashSet<>();
    private final Map<PartitionKey, Long> processed = new HashMap<>();

    GroupAudit(SimulatedTopics topics) {
        this.topics = topics;
    }

    /** A member has processed these records: from its position, up to another (exclusive). */
    void processed(PartitionKey partition, long from, long to) {
        long upTo = processed.getOrDefault(partition, 0L);
        assertThat(from)
                .as("C6: %s goes on where all before is done", partition)
                .isLessThanOrEqualTo(upTo);
        processed.put(partition, Math.max(upTo, to));
    }

    void applied(GroupState before, GroupCommand command, GroupTransition<GroupTable> change) {
        GroupState after = change.next().group(before.groupId()).orElseThrow();
        boolean onlyOffsets =
                before.members() == after.members()
                        && before.topics() == after.topics()
                        && before.owners() == after.owners();
        if (onlyOffsets) {
            assertThat(after.groupEpoch()).as("C1").isGreaterThanOrEqualTo(before.groupEpoch());
        } else {
            checkEpochs(before, after);
            checkOwners(after);
            checkHandOver(before, command, after);
            checkNews(before, after, change.changedMembers());
        }
        checkFencing(command, change.result());
        checkOffsets(before, command, after);
        if (!onlyOffsets || before.config() != after.config()) {
            checkSharing(before, command, after);
        }
    }

    private void checkEpochs(GroupState before, GroupState after) {
        assertThat(after.groupEpoch()).as("C1").isGreaterThan(before.groupEpoch());
        for (Member member : after.members().values()) {
            Member former = before.members().get(member.memberId());
            if (former == null || former.memberEpoch() != member.memberEpoch()) {
                assertThat(memberEpochs.add(member.memberEpoch())).as("new stay").isTrue();
            }
        }
        for (Member former : before.members().values()) {
            if (!after.isPresent(former.stay())) {
                over.add(former.stay());
            }
        }
        assertThat(after.members().values().stream().map(Member::stay))
                .as("C3: stays that are over")
                .noneMatch(over::contains);
    }

    /** C2, and that nothing stands still that somebody could take. */
    private void checkOwners(GroupState group) {
        group.owners()
                .forEach(
                        (partition, owner) -> {
                            Member member = group.members().get(owner.memberId());
                            assertThat(member).as("owner of %s", partition).isNotNull();
                            assertThat(member.memberEpoch()).isEqualTo(owner.memberEpoch());
                            assertThat(group.members()).containsKey(owner.target());
                            assertThat(
                                            owner.isRevoking()
                                                    || owner.target().equals(owner.memberId()))
                                    .as("%s is to be given up: %s", partition, owner)
                                    .isTrue();
                        });
        Set<PartitionKey> followed =
                group.mode() == GroupMode.QUEUE ? Set.of() : new FairShare(group).followed();
        assertThat(group.owners().keySet()).as("owned").isEqualTo(followed);
    }

    private void checkHandOver(GroupState before, GroupCommand command, GroupState after) {
        Set<PartitionKey> touched = touched(command);
        after.owners()
                .forEach(
                        (partition, owner) -> {
                            Ownership former = before.owners().get(partition);
                            if (former == null
                                    || former.assignmentEpoch() != owner.assignmentEpoch()) {
                                assertThat(assignmentEpochs.add(owner.assignmentEpoch()))
                                        .as("C2: %s under a new number", partition)
                                        .isTrue();
                                assertThat(
                                                former == null
                                                        || touched.contains(partition)
                                                        || former.isRevoking()
                                                        || over.contains(stayOf(former)))
                                        .as("%s flows on with %s", partition, former)
                                        .isTrue();
                            } else {
                                assertThat(stayOf(owner)).as("C2").isEqualTo(stayOf(former));
                                assertThat(owner.isRevoking() || !former.isRevoking())
                                        .as("the revocation of %s is final", partition)
                                        .isTrue();
                            }
                        });
    }

    private static void checkNews(GroupState before, GroupState after, Set<String> told) {
        Map<String, MemberAssignment> formers = before.assignments();
        Map<String, MemberAssignment> presents = after.assignments();
        Set<String> all = new HashSet<>(formers.keySet());
        all.addAll(presents.keySet());
        for (String id : all) {
            if (!Objects.equals(formers.get(id), presents.get(id))) {
                assertThat(told).as("who has another assignment").contains(id);
            }
        }
    }

    /** C3 and C9: whoever's stay is over is refused, and told why. */
    private void checkFencing(GroupCommand command, GroupResult result) {
        if (command instanceof JoinGroup && result instanceof Joins joins) {
            for (JoinOutcome outcome : joins.outcomes()) {
                if (outcome instanceof Joined joined) {
                    over.addAll(joined.fenced());
                }
            }
        }
        if (!(result instanceof Commits commits)) {
            return;
        }
        List<MemberCommit> said = commitsOf(command);
        for (int i = 0; i < said.size(); i++) {
            boolean fenced = over.contains(said.get(i).stay()) && !(command instanceof LeaveGroup);
            List<CommitRefusal> refused = commits.refused().get(i);
            if (fenced) {
                assertThat(refused).as("C3: all refused").hasSameSizeAs(said.get(i).entries());
            }
            assertThat(refused)
                    .allMatch(one -> fenced == (one.code() == ErrorCode.MEMBER_FENCED), "C9");
        }
    }

    private void checkOffsets(GroupState before, GroupCommand command, GroupState after) {
        Map<PartitionKey, Long> sought = new HashMap<>();
        if (command instanceof SeekOffsets seek && after.seekLog() != before.seekLog()) {
            for (SeekTarget target : seek.targets()) {
                sought.put(target.partition(), target.offset());
                processed.merge(target.partition(), Math.max(0, target.offset()), Math::max);
            }
        }
        before.offsets()
                .forEach(
                        (partition, former) -> {
                            CommittedOffset present = after.offsets().get(partition);
                            if (sought.containsKey(partition)) {
                                return;
                            }
                            if (present == null) {
                                assertThat(command).isInstanceOf(TopicsChanged.class);
                                assertThat(topics.exists(partition.topicId()))
                                        .as("C4: deleted")
                                        .isFalse();
                            } else {
                                assertThat(present.offset())
                                        .as("C4")
                                        .isGreaterThanOrEqualTo(former.offset());
                            }
                        });
        after.offsets()
                .forEach(
                        (partition, present) -> {
                            assertThat(present.offset())
                                    .as("C7")
                                    .isLessThanOrEqualTo(topics.end(partition));
                            assertThat(present.offset())
                                    .as("C6: %s", partition)
                                    .isLessThanOrEqualTo(processed.getOrDefault(partition, 0L));
                            CommittedOffset former = before.offsets().get(partition);
                            if (!present.equals(former) && !sought.containsKey(partition)) {
                                checkRight(before, partition, command);
                            }
                        });
    }

    /** C3: only the owner commits. */
    private static void checkRight(
            GroupState before, PartitionKey partition, GroupCommand command) {
        Ownership owner = before.owners().get(partition);
        assertThat(owner).as("C3: owner of %s", partition).isNotNull();
        boolean said =
                commitsOf(command).stream()
                        .filter(one -> one.stay().equals(stayOf(owner)))
                        .flatMap(one -> one.entries().stream())
                        .map(CommitEntry::partition)
                        .anyMatch(
                                new AssignedPartition(partition, owner.assignmentEpoch())::equals);
        assertThat(said).as("C3: %s said by its owner %s", partition, owner).isTrue();
    }

    private static void checkSharing(GroupState before, GroupCommand command, GroupState after) {
        GroupDraft again = new GroupDraft(after);
        again.shareOut();
        assertThat(again.owners()).as("decided again").isEqualTo(after.owners());
        if (after.mode() == GroupMode.QUEUE || after.config().assignor() == Assignor.RANGE) {
            return;
        }
        FairShare fair = new FairShare(after);
        assertThat(fair.unfair()).isEmpty();
        if (after.config().assignor() == Assignor.STICKY && !(command instanceof SeekOffsets)) {
            assertThat(newlyRevoked(before, after))
                    .as("taken from those who have them for good")
                    .isEqualTo(fair.leastRevocations(before));
        }
    }

    private static int newlyRevoked(GroupState before, GroupState after) {
        int revoked = 0;
        for (Map.Entry<PartitionKey, Ownership> one : after.owners().entrySet()) {
            Ownership former = before.owners().get(one.getKey());
            revoked +=
                    one.getValue().isRevoking() && former != null && !former.isRevoking() ? 1 : 0;
        }
        return revoked;
    }

    /** Partitions that a command names, so that it may give them a new number. */
    private static Set<PartitionKey> touched(GroupCommand command) {
        Set<PartitionKey> touched = new HashSet<>();
        if (command instanceof ReleasePartitions release) {
            release.last().entries().forEach(entry -> touched.add(entry.partition().partition()));
        } else if (command instanceof SeekOffsets seek) {
            seek.targets().forEach(target -> touched.add(target.partition()));
        }
        return touched;
    }

    static List<MemberCommit> commitsOf(GroupCommand command) {
        if (command instanceof CommitOffsets commit) {
            return commit.commits();
        } else if (command instanceof ReleasePartitions release) {
            return List.of(release.last());
        } else if (command instanceof LeaveGroup leave) {
            return List.of(leave.last());
        }
        return new ArrayList<>();
    }

    private static MemberStay stayOf(Ownership owner) {
        return new MemberStay(owner.memberId(), owner.memberEpoch());
    }
}
