package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.GroupResult.JoinOutcome;
import io.millrace.broker.group.GroupResult.JoinRefused;
import io.millrace.broker.group.GroupResult.Joined;
import io.millrace.broker.group.GroupResult.Joins;
import io.millrace.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Joins, leaves, lost and late messages, deaths, pauses, restarts under instance ids, changes of
 * leaders with states rebuilt from bytes, topics that grow and vanish, seeks, and commands that are
 * committed twice: what is promised of consumer groups holds after every command, and once the
 * faults end all is processed and committed.
 */
final class GroupSimulationTest {

    private static final int MANY = GroupLimits.MAX_MEMBERS;

    private static final int SCHEDULES = Integer.getInteger("schedules", 2_000);
    private static final int STEPS = 60;

    @Test
    void shouldKeepItsPromisesWhateverGoesWrong() {
        long first = Long.getLong("seed", new Random().nextInt(1_000_000));
        int schedules = Long.getLong("seed") == null ? SCHEDULES : 1;
        for (long seed = first; seed < first + schedules; seed++) {
            GroupSimulation simulation = new GroupSimulation(seed);
            try {
                simulation.run(STEPS);
                simulation.settle();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "fails with -Dseed=%d after\n%s"
                                .formatted(seed, simulation.shard.trace(40)),
                        e);
            }
        }
    }

    @Test
    @Timeout(30) // it takes half a second
    void shouldTakeTenThousandJoinsAtOnceAndTheirDeaths() {
        GroupFixture group = GroupFixture.stream("max.members", "" + MANY);
        group.topics(
                GroupTopic.of(1, "orders", GroupLimits.MAX_PARTITIONS / 2),
                GroupTopic.of(2, "bills", GroupLimits.MAX_PARTITIONS / 2));
        List<MemberStay> stays = new ArrayList<>();
        for (int from = 0; from < MANY; from += 500) {
            List<Joining> joining = new ArrayList<>();
            for (int i = from; i < from + 500; i++) {
                joining.add(GroupFixture.joining("m" + i));
            }
            for (JoinOutcome outcome : group.joinAll(joining.toArray(Joining[]::new)).outcomes()) {
                stays.add(((Joined) outcome).stay());
            }
            group.releaseAll();
            assertThat(new FairShare(group.state()).unfair()).isEmpty();
        }
        assertThat(group.state().members()).hasSize(MANY);
        assertThat(group.shares().values()).containsOnly(1);
        Joins oneMore = group.joinAll(GroupFixture.joining("late"));
        assertThat(((JoinRefused) oneMore.outcomes().get(0)).code())
                .isEqualTo(ErrorCode.GROUP_FULL);

        group.expire(stays.subList(1, MANY).toArray(MemberStay[]::new));

        assertThat(group.state().assignment(stays.get(0).memberId()).held())
                .hasSize(GroupLimits.MAX_PARTITIONS);
    }

    @Test
    void shouldBearAMemberThatJoinsAndDiesInALoop() {
        GroupFixture group = GroupFixture.stream();
        group.topics(GroupTopic.of(1, "orders", 1_000));
        for (int i = 0; i < 100; i++) {
            group.join("steady" + i);
        }
        group.releaseAll();
        long epoch = group.state().groupEpoch();
        for (int i = 0; i < 300; i++) {
            MemberStay stay = group.join("restless");
            assertThat(group.moving()).isLessThanOrEqualTo(10);
            group.releaseAll();
            group.expire(stay);
            assertThat(group.moving()).isZero();
        }
        assertThat(group.state().groupEpoch()).isGreaterThan(epoch);
        assertThat(new FairShare(group.state()).unfair()).isEmpty();
    }
}
