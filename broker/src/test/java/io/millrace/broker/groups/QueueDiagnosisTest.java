package io.millrace.broker.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.groups.GroupFacts.Group;
import io.millrace.broker.groups.GroupFacts.Log;
import io.millrace.broker.groups.GroupFacts.Place;
import io.millrace.broker.groups.GroupFacts.Queue;
import io.millrace.broker.groups.GroupFacts.QueueFacts;
import io.millrace.broker.groups.GroupFacts.QueueStanding;
import io.millrace.v1.Verdict;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class QueueDiagnosisTest {

    private boolean coordinated = true;
    private boolean paused;
    private int followers = 2;
    private Optional<Log> log = Optional.of(new Log(10, 100, Set.of()));
    private long open = 60;
    private Optional<QueueStanding> standing = standing(Verdict.VERDICT_MOVING, -1, false);
    private boolean exists = true;

    @Test
    void shouldPassOnWhatThePartitionsLeaderSees() {
        assertFinding(Verdict.VERDICT_MOVING, "seen", "");
        standing = standing(Verdict.VERDICT_OUT_OF_CREDIT, -1, false);
        assertFinding(Verdict.VERDICT_OUT_OF_CREDIT, "seen", "millrace group members work");
        standing = standing(Verdict.VERDICT_LEASE_EXPIRED, 17, false);
        assertFinding(
                Verdict.VERDICT_LEASE_EXPIRED,
                "seen",
                "millrace subscribe jobs --partition 7 --from 17 --count 1");
        standing = standing(Verdict.VERDICT_NOT_COMMITTING, 12, false);
        assertFinding(
                Verdict.VERDICT_NOT_COMMITTING,
                "seen",
                "millrace subscribe jobs --partition 7 --from 12 --count 1");
        standing = standing(Verdict.VERDICT_THROTTLED, -1, false);
        assertFinding(
                Verdict.VERDICT_THROTTLED, "seen", "millrace group set work -c queue.window=1024");
    }

    @Test
    void shouldSayThatNobodyLeads() {
        log = Optional.empty();
        assertFinding(Verdict.VERDICT_NO_LEADER, "shard 5", "millrace cluster shards");
        coordinated = false;
        assertFinding(Verdict.VERDICT_NO_LEADER, "shard 3", "millrace cluster shards");
    }

    @Test
    void shouldSayThatTheGroupIsPausedOrStoppedItself() {
        paused = true;
        assertFinding(
                Verdict.VERDICT_PAUSED,
                "the group is paused; 60 records",
                "millrace group resume work");
        standing = standing(Verdict.VERDICT_PAUSED, -1, true);
        assertFinding(
                Verdict.VERDICT_PAUSED,
                "seen; `millrace dlq list work` shows why",
                "millrace group resume work");
    }

    @Test
    void shouldSayThatEverythingIsDone() {
        open = 0;
        followers = 0;
        standing = Optional.empty();
        assertFinding(Verdict.VERDICT_CAUGHT_UP, "all records below 100 are done", "");
        exists = false;
        log = Optional.of(new Log(100, 100, Set.of()));
        assertFinding(Verdict.VERDICT_CAUGHT_UP, "the log holds no records", "");
    }

    @Test
    void shouldSayThatNobodyReceives() {
        standing = Optional.empty();
        assertFinding(
                Verdict.VERDICT_NO_MEMBER,
                "2 members follow topic jobs, and nobody receives from it; 60 records",
                "millrace group members work");
        followers = 0;
        assertFinding(
                Verdict.VERDICT_NO_MEMBER,
                "no member follows topic jobs; 60 records",
                "millrace subscribe jobs --group work --queue");
        exists = false;
        assertFinding(
                Verdict.VERDICT_NO_MEMBER,
                "nothing was ever received, the log holds 90 records",
                "millrace subscribe jobs --group work --queue");
    }

    private void assertFinding(Verdict verdict, String evidence, String advice) {
        Finding finding =
                QueueDiagnosis.of(
                        new Queue(
                                new Group("work", 3, coordinated, paused),
                                new Place("jobs", 7, 5, followers),
                                log,
                                exists
                                        ? Optional.of(new QueueFacts(40, open, standing))
                                        : Optional.empty()));
        assertThat(finding.verdict()).as(finding.evidence()).isEqualTo(verdict);
        assertThat(finding.evidence()).contains(evidence);
        assertThat(finding.advice()).isEqualTo(advice);
    }

    private static Optional<QueueStanding> standing(Verdict verdict, long record, boolean breaker) {
        return Optional.of(
                new QueueStanding(
                        verdict,
                        "seen",
                        record < 0 ? OptionalLong.empty() : OptionalLong.of(record),
                        breaker));
    }
}
