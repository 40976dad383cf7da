package io.millrace.client.group;

import io.millrace.client.admin.Admin;
import io.millrace.client.admin.FoundOffset;
import io.millrace.client.admin.GrpcAdmin;
import io.millrace.client.cluster.Cluster;
import io.millrace.client.subscribe.Position;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.CommittedOffset;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says where to begin in partitions that have come. For the reconciler's thread. */
final class StartPlaces {
    private static final Logger log = LoggerFactory.getLogger(StartPlaces.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Member member;
    private final Commits commits;
    private final Admin admin;

    StartPlaces(Member member, Commits commits, Cluster cluster) {
        this.member = member;
        this.commits = commits;
        this.admin = new GrpcAdmin(cluster, TIMEOUT);
    }

    /**
     * Decides where to begin, as far as it need not be found.
     *
     * @param own what the user's store says; null: nothing
     */
    void decide(Held stay, Position own) {
        Position from = own;
        if (from == null && stay.committedBefore().isPresent()) {
            from = Position.offset(stay.committedBefore().get().offset());
        }
        if (from == null) {
            from = stay.isFromFirst() ? ofLater() : ofFound(stay);
        }
        member.lock().lock();
        try {
            stay.setFrom(from);
            stay.setRetryNanos(member.nanoTime().getAsLong());
        } finally {
            member.lock().unlock();
        }
    }

    /** Where to begin in what was there when the group began to follow the topic; null: later. */
    private Position ofFound(Held stay) {
        switch (member.options().start()) {
            case EARLIEST -> {
                return Position.earliest();
            }
            case LATEST -> log.debug("{}: the end is to be found", stay.partition());
            case FAIL -> member.fail(nothingCommitted(stay));
        }
        return null;
    }

    /** Whatever came into being later is the group's as a whole: to begin elsewhere would skip. */
    private Position ofLater() {
        return member.options().start() == StartPolicy.FAIL
                ? Position.offset(0) // what is gone by now is noticed as a gap
                : Position.earliest();
    }

    /**
     * Finds the ends and commits them before anything is read: what is appended from now on is the
     * group's, whatever happens to this member. An end is found once: if its commit fails, the same
     * is tried again, since a later one would skip what has come meanwhile. Blocks, 10 s at most
     * for a topic.
     */
    void findLatest(List<Held> stays) {
        if (member.options().start() != StartPolicy.LATEST) {
            return;
        }
        stays.stream()
                .collect(Collectors.groupingBy(it -> it.partition().topic()))
                .forEach(this::findLatest);
    }

    private void findLatest(String topic, List<Held> stays) {
        try {
            findEnds(topic, stays.stream().filter(it -> it.found() == Held.UNKNOWN).toList());
            Map<Held, CommittedOffset> offsets = new LinkedHashMap<>();
            stays.forEach(stay -> offsets.put(stay, stay.commit(stay.found(), "")));
            commits.await(commits.send(offsets), TIMEOUT.toNanos());
            member.lock().lock();
            try {
                offsets.forEach((stay, end) -> stay.setFrom(Position.offset(end.getOffset())));
            } finally {
                member.lock().unlock();
            }
        } catch (MillraceException e) {
            log.warn("where {} ends is not committed yet, trying again: {}", topic, e.toString());
            long retry = member.nanoTime().getAsLong() + RETRY_NANOS;
            member.lock().lock();
            try {
                stays.forEach(stay -> stay.setRetryNanos(retry));
            } finally {
                member.lock().unlock();
            }
        }
    }

    private void findEnds(String topic, List<Held> stays) {
        if (stays.isEmpty()) {
            return;
        }
        Map<Integer, Long> ends =
                admin
                        .findOffsets(
                                topic,
                                stays.stream().map(it -> it.partition().partition()).toList(),
                                Position.latest(),
                                null)
                        .stream()
                        .collect(Collectors.toMap(FoundOffset::partition, FoundOffset::offset));
        member.lock().lock();
        try {
            stays.forEach(stay -> stay.setFound(ends.get(stay.partition().partition())));
        } finally {
            member.lock().unlock();
        }
    }

    private MillraceException nothingCommitted(Held stay) {
        return MillraceException.of(
                        ErrorCode.OFFSET_OUT_OF_RANGE,
                        "group "
                                + member.options().terms().group()
                                + " has committed nothing of "
                                + stay.partition()
                                + "; seek the group, or choose another start policy (EARLIEST or"
                                + " LATEST)")
                .with("topic", stay.partition().topic())
                .with("partition", stay.partition().partition());
    }
}
