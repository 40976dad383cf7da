package io.millrace.broker.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.groups.GroupFacts.Group;
import io.millrace.broker.groups.GroupFacts.Log;
import io.millrace.broker.groups.GroupFacts.Owner;
import io.millrace.broker.groups.GroupFacts.Place;
import io.millrace.broker.groups.GroupFacts.Progress;
import io.millrace.broker.groups.GroupFacts.Revocation;
import io.millrace.broker.groups.GroupFacts.Stream;
import io.millrace.broker.groups.GroupFacts.Untaken;
import io.millrace.v1.Verdict;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each verdict in the situation that it is for, and which of two causes is named. */
final class DiagnosisTest {

    private boolean coordinated = true;
    private boolean paused;
    private int followers = 2;
    private OptionalLong committed = OptionalLong.of(40);
    private long uncommittedMs = 1_000;
    private Optional<Log> log = Optional.of(new Log(10, 100, Set.of()));
    private boolean owned = true;
    private long silentMs = 1_000;
    private Optional<Revocation> revocation = Optional.empty();
    private Optional<Untaken> untaken = Optional.empty();
    private Progress progress = new Progress(60, 500, false, false, 20, 0, "");

    @Test
    void shouldSayThatItMoves() {
        assertFinding(
                Verdict.VERDICT_MOVING,
                "member a at host:1 reads at offset 60; 60 records are not done",
                "");
    }

    @Test
    void shouldSayThatItMovesOfMembersThatDoNotTellTheirProgress() {
        progress = null;
        assertFinding(
                Verdict.VERDICT_MOVING, "member a at host:1 has it; 60 records are not done", "");
    }

    @Test
    void shouldSayThatEverythingIsDone() {
        committed = OptionalLong.of(100);
        assertFinding(Verdict.VERDICT_CAUGHT_UP, "all records below 100 are done", "");
        owned = false;
        assertFinding(Verdict.VERDICT_CAUGHT_UP, "all records below 100 are done", "");
    }

    @Test
    void shouldCallAnEmptyLogDoneEvenIfNothingIsCommitted() {
        committed = OptionalLong.empty();
        log = Optional.of(new Log(0, 0, Set.of()));
        assertFinding(Verdict.VERDICT_CAUGHT_UP, "the log holds no records", "");
    }

    /** Who begins at the end and was given nothing has nothing to commit. */
    @Test
    void shouldCallItDoneForWhoBeganAtTheEnd() {
        committed = OptionalLong.empty();
        progress = new Progress(100, 60_000, false, false, 0, 0, "");
        assertFinding(Verdict.VERDICT_CAUGHT_UP, "all records below 100 are done", "");
    }

    @Test
    void shouldSayThatTheGroupHasNoCoordinator() {
        coordinated = false;
        paused = true;
        assertFinding(
                Verdict.VERDICT_NO_LEADER,
                "shard 3, which the group lives on, has no leader that answers: nobody can join,"
                        + " commit or be given a partition",
                "millrace cluster shards");
    }

    @Test
    void shouldSayThatThePartitionHasNoLeader() {
        log = Optional.empty();
        assertFinding(
                Verdict.VERDICT_NO_LEADER,
                "shard 5, which partition orders/7 is on, has no leader that answers",
                "millrace cluster shards");
    }

    @Test
    void shouldSayThatTheGroupIsPausedEvenIfNothingIsToBeDone() {
        paused = true;
        assertFinding(
                Verdict.VERDICT_PAUSED,
                "the group is paused; 60 records are not done",
                "millrace group resume billing");
        committed = OptionalLong.of(100);
        assertFinding(Verdict.VERDICT_PAUSED, "0 records", "millrace group resume billing");
    }

    @Test
    void shouldSayWhoPausedAPartition() {
        progress = new Progress(60, 90_000, true, true, 20, 0, "");
        assertFinding(
                Verdict.VERDICT_PAUSED,
                "the user of member a at host:1 paused it at offset 60; 60 records are not done",
                "millrace group members billing");
    }

    @Test
    void shouldSayThatNobodyFollowsTheTopic() {
        owned = false;
        followers = 0;
        assertFinding(
                Verdict.VERDICT_NO_MEMBER,
                "no member follows topic orders; 60 records are not done",
                "millrace subscribe orders --group billing");
    }

    @Test
    void shouldSayThatNobodyWasGivenThePartition() {
        owned = false;
        assertFinding(
                Verdict.VERDICT_NO_MEMBER,
                "2 members follow topic orders, and nobody was given it yet",
                "millrace group members billing");
    }

    @Test
    void shouldSayForWhomAPartitionWaits() {
        revocation = Optional.of(new Revocation("b", 12_000, 48_000));
        assertFinding(
                Verdict.VERDICT_WAITING_FOR_REVOCATION,
                "member a at host:1 has been told for 12 s to give it up, and member b waits for it;"
                        + " it is taken away in 48 s",
                "millrace group members billing");
    }

    @Test
    void shouldNameTheOwnerThatHasNotBeenHeardOf() {
        silentMs = 4_999;
        assertFinding(Verdict.VERDICT_MOVING, "", "");
        silentMs = 8_000;
        assertFinding(
                Verdict.VERDICT_WAITING_FOR_REVOCATION,
                "member a at host:1 has been silent for 8 s; unless it is heard again, others get"
                        + " the partition in 2 s",
                "millrace group members billing");
    }

    @Test
    void shouldSayWhoDoesNotTakeWhatItHas() {
        progress = new Progress(60, Diagnosis.STILL_MS - 1, true, false, 20, 0, "");
        assertFinding(Verdict.VERDICT_MOVING, "", "");
        progress = new Progress(60, 125_000, true, false, 20, 0, "");
        assertFinding(
                Verdict.VERDICT_OUT_OF_CREDIT,
                "the user of member a at host:1 has taken nothing for 2 min, at offset 60",
                "millrace group members billing");
    }

    /** One room is for all partitions of a member. */
    @Test
    void shouldSayWhichPartitionFillsTheRoom() {
        committed = OptionalLong.empty();
        uncommittedMs = 60_000;
        progress = new Progress(10, 30_000, false, false, 0, 0, "");
        assertFinding(Verdict.VERDICT_NOT_COMMITTING, "", "millrace group members billing");
        untaken = Optional.of(new Untaken("orders/3", 30_000));
        assertFinding(
                Verdict.VERDICT_OUT_OF_CREDIT,
                "the user of member a at host:1 has taken nothing for 30 s, and its room is filled by"
                        + " orders/3; nothing is committed, the log holds 90 records",
                "millrace group members billing");
        progress = null;
        assertFinding(Verdict.VERDICT_OUT_OF_CREDIT, "", "millrace group members billing");

        progress = new Progress(100, 30_000, false, false, 90, 0, "");
        assertFinding(Verdict.VERDICT_NOT_COMMITTING, "", "millrace group members billing");
        progress = new Progress(10, 1_000, false, false, 0, 0, "");
        assertFinding(Verdict.VERDICT_NOT_COMMITTING, "", "millrace group members billing");
        progress = new Progress(10, 30_000, false, false, 0, 0, "");
        untaken = Optional.of(new Untaken("orders/3", 1_000));
        assertFinding(Verdict.VERDICT_NOT_COMMITTING, "", "millrace group members billing");
    }

    @Test
    void shouldSayWhenTheBrokerHoldsAMemberBack() {
        progress = new Progress(60, 100, false, false, 3, 17, "key == \"a\"");
        log = Optional.of(new Log(10, 100, Set.of("key == \"b\"")));
        assertFinding(Verdict.VERDICT_MOVING, "", "");
        log = Optional.of(new Log(10, 100, Set.of("key == \"a\"")));
        assertFinding(
                Verdict.VERDICT_THROTTLED,
                "tests filter `key == \"a\"` of member a at host:1 in turns with its other work: 17"
                        + " records passed over, 3 delivered, at offset 60 of 100",
                "millrace cluster brokers");
    }

    @Test
    void shouldSayThatAFilterHasMatchedNothing() {
        progress = new Progress(100, 60_000, false, false, 0, 90, "key == \"a\"");
        assertFinding(
                Verdict.VERDICT_FILTER_MATCHED_NOTHING,
                "filter `key == \"a\"` has matched none of 90 records, up to offset 100 of 100",
                "millrace subscribe orders --partition 7 --from earliest --count 10 --format '%o"
                        + " %k %h\\n'");
        committed = OptionalLong.of(100);
        assertFinding(Verdict.VERDICT_FILTER_MATCHED_NOTHING, "none of 90 records", "millrace");
        progress = new Progress(100, 60_000, false, false, 1, 89, "key == \"a\"");
        assertFinding(Verdict.VERDICT_CAUGHT_UP, "", "");
    }

    @Test
    void shouldSayWhoReadsAndCommitsNothing() {
        uncommittedMs = Diagnosis.NOT_COMMITTING_MS - 1;
        assertFinding(Verdict.VERDICT_MOVING, "", "");
        uncommittedMs = 31_000;
        assertFinding(
                Verdict.VERDICT_NOT_COMMITTING,
                "member a at host:1 has committed nothing beyond 40 for 31 s; it has read up to 60"
                        + " and was given 20 records; 60 records are not done",
                "millrace group members billing");
        progress = null;
        assertFinding(
                Verdict.VERDICT_NOT_COMMITTING,
                "for 31 s; it does not say how far it reads",
                "millrace group members billing");
    }

    @Test
    void shouldSayWhoHasNeverCommitted() {
        committed = OptionalLong.empty();
        uncommittedMs = 31_000;
        progress = new Progress(100, 31_000, false, false, 90, 0, "");
        assertFinding(
                Verdict.VERDICT_NOT_COMMITTING,
                "has never committed anything, for 31 s; it has read up to 100",
                "millrace group members billing");
    }

    @Test
    void shouldSayWhatWasGoneBeforeItWasRead() {
        committed = OptionalLong.of(4);
        uncommittedMs = 31_000;
        progress = new Progress(4, 31_000, false, false, 0, 0, "");
        assertFinding(
                Verdict.VERDICT_NOT_COMMITTING,
                "the offsets 4 to 9 were gone before the group had read them, and member a at"
                        + " host:1 does not go on after them",
                "millrace group seek billing --topic orders --partition 7 --to earliest");
    }

    private void assertFinding(Verdict verdict, String evidence, String advice) {
        Finding finding = Diagnosis.of(facts());
        assertThat(finding.verdict()).as(finding.evidence()).isEqualTo(verdict);
        assertThat(finding.evidence()).contains(evidence);
        if (advice.isEmpty()) {
            assertThat(finding.advice()).isEmpty();
        } else {
            assertThat(finding.advice()).startsWith(advice);
        }
    }

    private Stream facts() {
        Optional<Owner> owner =
                owned
                        ? Optional.of(
                                new Owner(
                                        "a",
                                        "host:1",
                                        silentMs,
                                        10_000,
                                        revocation,
                                        Optional.ofNullable(progress),
                                        untaken))
                        : Optional.empty();
        return new Stream(
                new Group("billing", 3, coordinated, paused),
                new Place("orders", 7, 5, followers),
                owner,
                committed,
                uncommittedMs,
                log);
    }
}
