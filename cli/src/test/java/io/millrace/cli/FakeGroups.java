package io.millrace.cli;

import io.millrace.client.admin.group.DeadLetter;
import io.millrace.client.admin.group.DeadLetterName;
import io.millrace.client.admin.group.DeadLetterPage;
import io.millrace.client.admin.group.GroupAdmin;
import io.millrace.client.admin.group.GroupDescription;
import io.millrace.client.admin.group.GroupInfo;
import io.millrace.client.admin.group.GroupMode;
import io.millrace.client.admin.group.GroupPartition;
import io.millrace.client.admin.group.GroupSettings;
import io.millrace.client.admin.group.LeftOutTopics;
import io.millrace.client.admin.group.MemberInfo;
import io.millrace.client.admin.group.RedriveResult;
import io.millrace.client.admin.group.SeekLogEntry;
import io.millrace.client.admin.group.SeekMove;
import io.millrace.client.admin.group.SeekPoint;
import io.millrace.client.admin.group.SeekResult;
import io.millrace.client.admin.group.SeekTarget;
import io.millrace.client.admin.group.Verdict;
import io.millrace.client.subscribe.Position;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A cluster's groups in memory; every partition holds the records from 0 to 100. */
public final class FakeGroups implements GroupAdmin {
    /** The log end of every partition. */
    public static final long END = 100;

    private final State state;
    private final boolean planned;

    FakeGroups() {
        this(new State(), false);
    }

    private FakeGroups(final State state, final boolean planned) {
        this.state = state;
        this.planned = planned;
    }

    private static final class State {
        private final Map<String, GroupDescription> groups = new TreeMap<>();
        private final Map<String, List<DeadLetter>> letters = new TreeMap<>();
        private final List<RedriveResult.Refusal> refusals = new ArrayList<>();
        private Collection<SeekTarget> targets = List.of();
        private String reason = "";
        private Collection<DeadLetterName> named = List.of();
    }

    /** A partition that moves. */
    public static GroupPartition partition(
            final String topic, final int number, final String member, final Long committed) {
        return partition(topic, number, member, committed, Verdict.MOVING, "", "");
    }

    /** A partition and what is said about it. */
    public static GroupPartition partition(
            final String topic,
            final int number,
            final String member,
            final Long committed,
            final Verdict verdict,
            final String evidence,
            final String advice) {
        return new GroupPartition(
                topic,
                1,
                number,
                member,
                1,
                committed,
                "",
                0,
                0,
                END,
                committed == null ? null : Long.valueOf(END - committed),
                committed == null ? null : Long.valueOf(1_500),
                verdict,
                evidence,
                advice);
    }

    /** Puts a group there. */
    public void put(
            final String name,
            final GroupMode mode,
            final List<MemberInfo> members,
            final List<GroupPartition> partitions) {
        state.groups.put(
                name,
                new GroupDescription(
                        new GroupInfo(name, state.groups.size() + 1L, mode, 3, 2),
                        1,
                        false,
                        Map.of("assignor", "sticky"),
                        members,
                        partitions,
                        List.of(),
                        null));
    }

    /** Topics are too many for a group. */
    public void leaveOut(final String group, final LeftOutTopics topics) {
        final GroupDescription it = state.groups.get(group);
        state.groups.put(
                group,
                new GroupDescription(
                        it.group(),
                        it.groupEpoch(),
                        it.paused(),
                        it.config(),
                        it.members(),
                        it.partitions(),
                        it.seeks(),
                        topics));
    }

    /** Gives a group dead letters. */
    public void putLetters(final String group, final List<DeadLetter> letters) {
        state.letters.put(group, new ArrayList<>(letters));
    }

    /** The next dead letter of this name is not redriven. */
    public void refuse(final DeadLetterName name, final MillraceException reason) {
        state.refusals.add(new RedriveResult.Refusal(name, reason));
    }

    /** What the last seek asked for, planned or not. */
    public Collection<SeekTarget> targets() {
        return state.targets;
    }

    /** Why. */
    public String reason() {
        return state.reason;
    }

    /** What the last redrive or drop named. */
    public Collection<DeadLetterName> named() {
        return state.named;
    }

    @Override
    public FakeGroups plan() {
        return new FakeGroups(state, true);
    }

    @Override
    public List<GroupInfo> list() {
        return state.groups.values().stream().map(GroupDescription::group).toList();
    }

    @Override
    public GroupDescription describe(final String group) {
        final GroupDescription found = state.groups.get(group);
        if (found == null) {
            throw MillraceException.of(ErrorCode.UNKNOWN_GROUP, "there is no group " + group);
        }
        return found;
    }

    @Override
    public SeekResult seek(
            final String group, final Collection<SeekTarget> targets, final String reason) {
        state.targets = List.copyOf(targets);
        state.reason = reason;
        final GroupDescription it = describe(group);
        final List<SeekMove> moves = new ArrayList<>();
        for (final GroupPartition partition : it.partitions()) {
            for (final SeekTarget target : targets) {
                if (target.topic().equals(partition.topic())
                        && (target.partition() == null
                                || target.partition() == partition.partition())) {
                    moves.add(move(partition, target));
                }
            }
        }
        final boolean inUse = !it.members().isEmpty() && !it.paused();
        if (planned) {
            return new SeekResult(0, moves, inUse ? group + " is in use; pause it" : "");
        }
        if (inUse) {
            throw MillraceException.of(ErrorCode.GROUP_IN_USE, group + " is in use; pause it");
        }
        final List<SeekLogEntry> log = new ArrayList<>(it.seeks());
        log.add(0, new SeekLogEntry(log.size() + 1L, 0, reason, moves));
        state.groups.put(
                group,
                new GroupDescription(
                        it.group(),
                        1,
                        it.paused(),
                        it.config(),
                        it.members(),
                        it.partitions(),
                        log,
                        it.leftOut()));
        return new SeekResult(log.size(), moves, "");
    }

    private static SeekMove move(final GroupPartition partition, final SeekTarget target) {
        final Long from = partition.committedOffset();
        Long to = from;
        if (target.to() instanceof SeekPoint.Forget) {
            to = null;
        } else if (target.to() instanceof SeekPoint.Shift shift) {
            to = from + shift.records();
        } else if (target.to() instanceof SeekPoint.AtPosition at) {
            to =
                    at.position() instanceof Position.AtOffset offset
                            ? offset.offset()
                            : at.position() == Position.latest() ? END : 0;
        }
        return new SeekMove(partition.topic(), partition.partition(), from, to);
    }

    @Override
    public void pause(final String group) {
        setPaused(group, true);
    }

    @Override
    public void resume(final String group) {
        setPaused(group, false);
    }

    private void setPaused(final String group, final boolean paused) {
        final GroupDescription it = describe(group);
        state.groups.put(
                group,
                new GroupDescription(
                        it.group(),
                        1,
                        paused,
                        it.config(),
                        it.members(),
                        it.partitions(),
                        it.seeks(),
                        it.leftOut()));
    }

    @Override
    public GroupSettings set(
            final String group,
            final GroupMode mode,
            final Map<String, String> config,
            final Collection<String> reset) {
        final Map<String, String> now = new TreeMap<>(Map.of("assignor", "sticky"));
        now.putAll(config);
        final GroupInfo info =
                new GroupInfo(group, 9, mode == null ? GroupMode.STREAM : mode, 3, 2);
        if (!planned) {
            state.groups.put(
                    group,
                    new GroupDescription(
                            info, 1, false, now, List.of(), List.of(), List.of(), null));
        }
        return new GroupSettings(info, now);
    }

    @Override
    public void delete(final String group) {
        if (!describe(group).members().isEmpty()) {
            throw MillraceException.of(ErrorCode.GROUP_IN_USE, group + " has members; stop them");
        }
        if (!planned) {
            state.groups.remove(group);
        }
    }

    @Override
    public DeadLetterPage deadLetters(
            final String group, final int pageSize, final String pageToken) {
        describe(group);
        final List<DeadLetter> all = state.letters.getOrDefault(group, List.of());
        final int from = pageToken.isEmpty() ? 0 : Integer.parseInt(pageToken);
        final int to = Math.min(all.size(), from + pageSize);
        return new DeadLetterPage(
                List.copyOf(all.subList(from, to)), to < all.size() ? "" + to : "", all.size());
    }

    @Override
    public RedriveResult redrive(final String group, final Collection<DeadLetterName> deadLetters) {
        final long taken = settle(group, deadLetters);
        return new RedriveResult(taken - state.refusals.size(), List.copyOf(state.refusals));
    }

    @Override
    public long drop(final String group, final Collection<DeadLetterName> deadLetters) {
        return settle(group, deadLetters);
    }

    private long settle(final String group, final Collection<DeadLetterName> names) {
        state.named = List.copyOf(names);
        final List<DeadLetter> left = new ArrayList<>(state.letters.getOrDefault(group, List.of()));
        final int before = left.size();
        left.removeIf(it -> names.isEmpty() || names.contains(it.name()));
        final long taken = before - left.size();
        if (!planned) {
            state.letters.put(group, left);
        }
        return taken;
    }
}
