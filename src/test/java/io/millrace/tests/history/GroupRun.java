package io.millrace.tests.history;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the members of a group in stream mode did in one partition, taken in once in the order of
 * the times. Clients may overlap in time, what the broker accepts may not: a member that stood
 * still finds out only when it runs again. So a poll that was called before its successor had the
 * partition may still give something; one that was called later may not.
 */
final class GroupRun {

    /** From this many on a run is bad enough. */
    private static final int KEPT = 1 << 16;

    private record Commit(Stay stay, long offset, long reached, boolean late) {}

    private record Beyond(long offset, long reached, long time) {}

    private final int partition;
    private final Findings findings;
    private final TreeMap<Integer, Stay> stays = new TreeMap<>();

    /** By client: when it called, and its commits without an answer. */
    private final Map<Integer, Long> called = new HashMap<>();

    private final Map<Integer, Map<Long, Commit>> commits = new HashMap<>();
    private final List<Beyond> beyond = new ArrayList<>();
    private final BitSet delivered = new BitSet();

    /** What a seek has committed last, {@link Stay#NONE}: nothing. Nothing below is waited for. */
    private long base = Stay.NONE;

    /** Everything below, from the base on, was given to somebody. */
    private int reached;

    private long drained = Stay.NONE;
    private long firstAssigned = Stay.NONE;

    GroupRun(int partition, Findings findings) {
        this.partition = partition;
        this.findings = findings;
    }

    void take(Events event) {
        switch (event.kind()) {
            case ASSIGNED -> assigned(event);
            case REVOKED, LOST -> {
                Stay stay = stay(event);
                stay.ended = Math.min(stay.ended, event.time());
            }
            case TAKING -> called.put(event.client(), event.value());
            case DELIVERED -> delivered(event);
            case COMMIT_ASKED -> asked(event);
            case COMMIT_OK -> committed(event);
            case COMMIT_FAILED -> commit(event);
            case SEEK -> seek(event);
            case DRAINED -> drained = Math.max(drained, event.offset());
            default -> throw new IllegalStateException(event.kind() + " is not of a group");
        }
    }

    /** When a member had the partition first; {@link Stay#NONE}: never. */
    long firstAssigned() {
        return firstAssigned;
    }

    boolean wasDelivered(long offset) {
        return delivered.get((int) offset);
    }

    private void assigned(Events event) {
        if (firstAssigned == Stay.NONE) {
            firstAssigned = event.time();
        }
        int epoch = event.extra();
        Stay same = stays.get(epoch);
        if (same != null) {
            tell(
                    Anomaly.EPOCH_SHARED,
                    event,
                    "epoch %d is that of client %d too",
                    epoch,
                    same.client);
            return;
        }
        boolean regressed = !stays.isEmpty() && stays.lastKey() > epoch;
        Stay stay = new Stay(event.client(), epoch, event.time(), event.offset(), regressed);
        for (Stay former : stays.headMap(epoch, false).descendingMap().values()) {
            if (former.overtaken != Long.MAX_VALUE) {
                break;
            }
            former.overtaken = event.time();
        }
        stays.put(epoch, stay);
    }

    /** The stay that an event names: only what was assigned can go on. */
    private Stay stay(Events event) {
        Stay stay = stays.get(event.extra());
        if (stay == null) {
            throw new IllegalArgumentException(
                    "%s with epoch %d of partition %d, which nobody was assigned"
                            .formatted(event.kind(), event.extra(), partition));
        }
        return stay;
    }

    private void delivered(Events event) {
        Stay stay = stay(event);
        long offset = event.offset();
        long polled = called.getOrDefault(event.client(), event.time());
        if (stay.ended < polled) {
            tell(Anomaly.GIVEN_AFTER_LOSS, event, "epoch %d had ended", stay.epoch);
        } else if (stay.regressed) {
            tell(Anomaly.EPOCH_REGRESSION, event, "epoch %d; higher ones were given", stay.epoch);
        } else if (stay.overtaken < polled) {
            tell(
                    Anomaly.TWO_OWNERS,
                    event,
                    "by epoch %d; epoch %d was given before the poll was called",
                    stay.epoch,
                    stays.higherKey(stay.epoch));
        }
        if (stay.next == Stay.NONE) {
            if (offset != Math.max(0, stay.start)) {
                tell(Anomaly.WRONG_START, event, "%d was committed", stay.start);
            }
        } else if (offset > stay.next) {
            tell(Anomaly.GROUP_SKIP, event, "offset %d comes next", stay.next);
        } else if (offset < stay.next) {
            tell(Anomaly.GROUP_REPEAT, event, "offset %d comes next", stay.next);
        }
        stay.next = Math.max(offset + 1, stay.next);
        delivered.set((int) offset);
    }

    private void asked(Events event) {
        Stay stay = stay(event);
        stay.asked = Math.max(stay.asked, event.offset());
        reached = delivered.nextClearBit(reached);
        boolean late = stay.regressed || stay.overtaken != Long.MAX_VALUE;
        commits.computeIfAbsent(event.client(), client -> new HashMap<>())
                .put(event.value(), new Commit(stay, event.offset(), reached, late));
    }

    private Commit commit(Events event) {
        Map<Long, Commit> own = commits.getOrDefault(event.client(), Map.of());
        Commit commit = own.get(event.value());
        if (commit == null) {
            throw new IllegalArgumentException(
                    "%s of a commit of partition %d that nobody asked for"
                            .formatted(event.kind(), partition));
        }
        own.remove(event.value());
        return commit;
    }

    private void committed(Events event) {
        Commit commit = commit(event);
        Stay stay = commit.stay;
        if (commit.late) {
            tell(
                    stay.regressed ? Anomaly.EPOCH_REGRESSION : Anomaly.FENCED_COMMIT,
                    event,
                    "of epoch %d; a higher one was given before it was asked for",
                    stay.epoch);
            return;
        }
        if (commit.offset > commit.reached && beyond.size() < KEPT) {
            beyond.add(new Beyond(commit.offset, commit.reached, event.time()));
        }
        stay.acked = Math.max(stay.acked, commit.offset);
    }

    /** What was committed before does not count any more, and what follows is to come again. */
    private void seek(Events event) {
        judgeStarts();
        for (Stay stay : stays.values()) {
            stay.acked = Stay.NONE;
            stay.asked = Stay.NONE;
        }
        base = event.offset();
        reached = (int) base;
        delivered.clear(reached, Math.max(reached, delivered.length()));
    }

    /**
     * Judges what shows only now.
     *
     * @param log what lies where, in the end
     */
    void finish(Places log, long logStart, long time) {
        judgeStarts();
        for (Beyond each : beyond) {
            boolean isLonger = each.offset > log.end();
            findings.add(
                    isLonger ? Anomaly.COMMIT_BEYOND_END : Anomaly.COMMIT_SKIPS,
                    partition,
                    each.offset,
                    0,
                    each.time,
                    isLonger ? "the log ends at %2$d" : "members had been given all below %1$d",
                    each.reached,
                    log.end());
        }
        for (long offset = Math.max(logStart, base); offset < drained; offset++) {
            if (!delivered.get((int) offset) && log.at(offset) != Places.NOTHING) {
                findings.add(
                        Anomaly.UNDELIVERED,
                        partition,
                        offset,
                        log.at(offset),
                        time,
                        "the group has gone through all below %d",
                        drained);
            }
        }
    }

    /**
     * Whatever was committed under lower epochs was so before a higher one was given: nobody may
     * begin below that, nor above what anybody has asked for.
     */
    private void judgeStarts() {
        long acked = base;
        long asked = base;
        for (Stay stay : stays.values()) {
            if (!stay.regressed && !stay.startJudged) {
                judgeStart(stay, acked, asked);
                stay.startJudged = true;
            }
            acked = Math.max(acked, stay.acked);
            asked = Math.max(asked, stay.asked);
        }
    }

    private void judgeStart(Stay stay, long acked, long asked) {
        if (stay.start < acked) {
            findings.add(
                    Anomaly.COMMIT_WENT_BACK,
                    partition,
                    stay.start,
                    0,
                    stay.assigned,
                    "epoch %d began there; %d had been committed",
                    stay.epoch,
                    acked);
        } else if (stay.start > Math.max(acked, asked)) {
            findings.add(
                    Anomaly.COMMIT_INVENTED,
                    partition,
                    stay.start,
                    0,
                    stay.assigned,
                    "epoch %d began there; at most %d was to be committed",
                    stay.epoch,
                    asked);
        }
    }

    private void tell(Anomaly anomaly, Events event, String format, Object... arguments) {
        findings.add(
                anomaly, partition, event.offset(), event.value(), event.time(), format, arguments);
    }
}
