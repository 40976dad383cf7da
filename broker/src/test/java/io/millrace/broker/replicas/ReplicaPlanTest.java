package io.millrace.broker.replicas;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.controller.ConfirmedMembers;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.ShardImage;
import io.millrace.broker.replicas.ReplicaAction.Discard;
import io.millrace.broker.replicas.ReplicaAction.Prepare;
import io.millrace.broker.replicas.ReplicaAction.ReportLost;
import io.millrace.broker.replicas.ReplicaAction.ReportPrepared;
import io.millrace.broker.replicas.ReplicaAction.Start;
import io.millrace.broker.replicas.ReplicaAction.Stop;
import io.millrace.raft.Member;
import io.millrace.raft.ShardSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReplicaPlanTest {

    private static final int SHARD = 4;
    private static final int HERE = 2;
    private static final LocalReplica NOTHING = LocalReplica.none(SHARD);

    @Test
    void shouldMakeANewFounderAndReportItBeforeItTakesPart() {
        ShardImage image = founding(ReplicaState.NEW, ReplicaState.NEW, ReplicaState.VOTER);
        assertThat(plan(image, NOTHING))
                .containsExactly(
                        new Discard(SHARD),
                        new Prepare(
                                ShardSpec.founder(
                                        SHARD,
                                        12,
                                        List.of(
                                                new Member(1, 11),
                                                new Member(2, 12),
                                                new Member(3, 13)))),
                        new ReportPrepared(SHARD, 12));
    }

    @Test
    void shouldReportAgainWhatACrashKeptFromBeingReported() {
        ShardImage image = founding(ReplicaState.NEW, ReplicaState.NEW, ReplicaState.NEW);
        assertThat(plan(image, onDisk(12))).containsExactly(new ReportPrepared(SHARD, 12));
    }

    @Test
    void shouldStartOnlyWhatTheMapKnowsToBeMade() {
        for (ReplicaState state :
                List.of(ReplicaState.VOTER, ReplicaState.LEARNER, ReplicaState.LEAVING)) {
            ShardImage image = founding(ReplicaState.VOTER, state, ReplicaState.VOTER);
            assertThat(plan(image, onDisk(12)))
                    .containsExactly(new Start(ShardSpec.existing(SHARD, 12)));
            assertThat(plan(image, running(12))).isEmpty();
        }
    }

    @Test
    void shouldLetTheStartFindOutWhoseFilesAreThere() {
        ShardImage image = founding(ReplicaState.VOTER, ReplicaState.VOTER, ReplicaState.VOTER);
        for (LocalReplica local : List.of(NOTHING, onDisk(9))) {
            assertThat(plan(image, local))
                    .containsExactly(new Start(ShardSpec.existing(SHARD, 12)));
        }
        assertThat(plan(image, new LocalReplica(SHARD, 0, 0, "its vote file is missing")))
                .containsExactly(new ReportLost(SHARD, 12, "its vote file is missing"));
    }

    @Test
    void shouldStopAReplicaThatIsLostAndSaySo() {
        ShardImage image = founding(ReplicaState.VOTER, ReplicaState.VOTER, ReplicaState.VOTER);
        assertThat(plan(image, new LocalReplica(SHARD, 12, 12, "its log has rotted")))
                .containsExactly(new Stop(SHARD), new ReportLost(SHARD, 12, "its log has rotted"));
    }

    @Test
    void shouldKeepTheFilesOfALostReplicaUntilItIsReplaced() {
        ShardImage image = founding(ReplicaState.VOTER, ReplicaState.LOST, ReplicaState.VOTER);
        assertThat(plan(image, running(12))).containsExactly(new Stop(SHARD));
        assertThat(plan(image, onDisk(12))).isEmpty();
    }

    @Test
    void shouldReplaceALostReplicaByOneThatJoins() {
        ShardImage image =
                shard(
                        replica(1, 11, ReplicaState.VOTER),
                        replica(2, 12, ReplicaState.LOST),
                        replica(3, 13, ReplicaState.VOTER),
                        replica(2, 21, ReplicaState.NEW));
        assertThat(plan(image, running(12)))
                .containsExactly(
                        new Stop(SHARD),
                        new Discard(SHARD),
                        new Prepare(ShardSpec.joiner(SHARD, 21)),
                        new ReportPrepared(SHARD, 21));
    }

    @Test
    void shouldNotBeBornWithMembersThatOthersWereNotBornWith() {
        ShardImage image =
                shard(
                        replica(1, 11, ReplicaState.LOST),
                        replica(2, 12, ReplicaState.NEW),
                        replica(3, 13, ReplicaState.VOTER));
        assertThat(plan(image, NOTHING)).contains(new Prepare(ShardSpec.joiner(SHARD, 12)));
    }

    @Test
    void shouldDiscardOnlyWhatTheMapHasForgotten() {
        ShardImage image =
                shard(replica(1, 11, ReplicaState.VOTER), replica(3, 13, ReplicaState.VOTER));
        assertThat(plan(image, running(12))).containsExactly(new Stop(SHARD), new Discard(SHARD));
        assertThat(plan(image, NOTHING)).isEmpty();
    }

    @Test
    void shouldDoNothingByAMapThatIsOlderThanItsFiles() {
        ShardImage image = founding(ReplicaState.VOTER, ReplicaState.VOTER, ReplicaState.VOTER);
        assertThat(plan(image, onDisk(14))).isEmpty();
    }

    private static List<ReplicaAction> plan(ShardImage image, LocalReplica local) {
        return ReplicaPlan.of(image, HERE, local);
    }

    private static LocalReplica onDisk(int id) {
        return new LocalReplica(SHARD, id, 0, "");
    }

    private static LocalReplica running(int id) {
        return new LocalReplica(SHARD, id, id, "");
    }

    private static ReplicaImage replica(int node, long id, ReplicaState state) {
        return new ReplicaImage(node, id, state);
    }

    private static ShardImage founding(ReplicaState one, ReplicaState two, ReplicaState three) {
        return shard(replica(1, 11, one), replica(2, 12, two), replica(3, 13, three));
    }

    private static ShardImage shard(ReplicaImage... replicas) {
        return new ShardImage(
                SHARD, List.of(replicas), List.of(11L, 12L, 13L), ConfirmedMembers.NONE);
    }
}
