package io.millrace.broker.groups;

import io.millrace.broker.groups.GroupFacts.Group;
import io.millrace.broker.groups.GroupFacts.Place;
import io.millrace.broker.groups.GroupFacts.Queue;
import io.millrace.broker.groups.GroupFacts.QueueFacts;
import io.millrace.broker.groups.GroupFacts.QueueStanding;
import io.millrace.v1.Verdict;
import java.util.Optional;

/**
 * Says why a partition of a group in queue mode does or does not move. Without a leader nothing can
 * be done (NO_LEADER); then comes what the coordinator knows (PAUSED, NO_MEMBER), then what the
 * partition's leader sees of its queue, in the order of {@link
 * io.millrace.broker.queue.QueueVerdict}.
 */
final class QueueDiagnosis {

    private QueueDiagnosis() {}

    /** The finding of a moment. */
    static Finding of(Queue facts) {
        Group group = facts.group();
        Place place = facts.place();
        Advice advice = new Advice(group, place);
        Optional<Finding> leaderless = Diagnosis.leaderless(group, place, facts.log());
        if (leaderless.isPresent()) {
            return leaderless.get();
        }
        long end = facts.log().orElseThrow().end();
        QueueStanding standing = facts.queue().flatMap(QueueFacts::standing).orElse(null);
        if (standing != null && standing.breakerOpen()) {
            return new Finding(
                    Verdict.VERDICT_PAUSED,
                    "%s; `%s` shows why".formatted(standing.evidence(), advice.deadLetters()),
                    advice.resume());
        }
        if (group.paused()) {
            return new Finding(
                    Verdict.VERDICT_PAUSED, "the group is paused; " + open(facts), advice.resume());
        }
        if (facts.queue().map(queue -> queue.open() == 0).orElse(held(facts) == 0)) {
            return Finding.fine(
                    Verdict.VERDICT_CAUGHT_UP,
                    held(facts) == 0
                            ? "the log holds no records"
                            : "all records below %d are done".formatted(end));
        }
        if (standing == null || standing.verdict() == Verdict.VERDICT_NO_MEMBER) {
            return unattended(facts, advice);
        }
        return new Finding(
                standing.verdict(), standing.evidence(), advice(facts, standing, advice));
    }

    private static Finding unattended(Queue facts, Advice advice) {
        Place place = facts.place();
        return place.followers() == 0
                ? new Finding(
                        Verdict.VERDICT_NO_MEMBER,
                        "no member follows topic %s; %s".formatted(place.topic(), open(facts)),
                        advice.receive())
                : new Finding(
                        Verdict.VERDICT_NO_MEMBER,
                        "%s topic %s, and nobody receives from it; %s"
                                .formatted(place.following(), place.topic(), open(facts)),
                        advice.members());
    }

    private static String advice(Queue facts, QueueStanding standing, Advice advice) {
        return switch (standing.verdict()) {
            case VERDICT_CAUGHT_UP, VERDICT_MOVING -> "";
            case VERDICT_THROTTLED -> advice.smallerWindow();
            case VERDICT_PAUSED, VERDICT_NOT_COPIED -> advice.resume();
            case VERDICT_LEASE_EXPIRED, VERDICT_NOT_COMMITTING ->
                    standing.record().isPresent()
                            ? advice.look(standing.record().getAsLong())
                            : advice.members();
            default -> advice.members();
        };
    }

    private static String open(Queue facts) {
        return facts.queue()
                .map(queue -> "%d records are not done".formatted(queue.open()))
                .orElseGet(
                        () ->
                                "nothing was ever received, the log holds %d records"
                                        .formatted(held(facts)));
    }

    private static long held(Queue facts) {
        return facts.log().map(log -> log.end() - log.start()).orElse(0L);
    }
}
