package io.millrace.broker.group;

import static io.millrace.broker.group.GroupFixture.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class GroupLeasesTest {

    private static final long SECOND = 1_000_000_000;

    private final GroupFixture group = GroupFixture.stream("lease.ms", "10s");
    private final TickedTime time = new TickedTime(SECOND, 0);
    private long now;

    @Test
    void shouldExpireWhoIsSilentForALease() {
        MemberStay a = group.join("a");
        MemberStay b = group.join("b");
        GroupLeases leases = new GroupLeases(time, group.state());

        pass(9);
        assertThat(leases.renew(b)).isTrue();
        assertThat(leases.expired()).isEmpty();
        pass(1);

        assertThat(leases.expired()).containsExactly(a);
        assertThat(leases.silentMs(a)).isEqualTo(10_000);
        assertThat(leases.silentMs(b)).isEqualTo(1_000);
        assertThat(leases.expired()).as("until it is applied").containsExactly(a);
    }

    @Test
    void shouldNotTakeAllForDeadAfterAPauseOfItsOwn() {
        group.join("a");
        GroupLeases leases = new GroupLeases(time, group.state());

        time.tick(now += 60 * SECOND);
        time.tick(now -= SECOND);

        assertThat(leases.expired()).isEmpty();
        assertThat(leases.silentMs(new MemberStay("a", 1))).isEqualTo(1_000);
    }

    @Test
    void shouldFenceStaysThatAreOver() {
        MemberStay first = group.join("a");
        GroupLeases leases = new GroupLeases(time, group.state());
        pass(9);
        MemberStay second = group.join("a");
        leases.keep(group.state());
        pass(5);

        assertThat(leases.renew(first)).isFalse();
        assertThat(leases.renew(new MemberStay("nobody", 1))).isFalse();
        assertThat(leases.expired()).isEmpty();
        pass(5);
        assertThat(leases.expired()).containsExactly(second);
        group.expire(second);
        leases.keep(group.state());
        assertThat(leases.expired()).isEmpty();
    }

    @Test
    void shouldGiveTheLeaseThatWasAskedFor() {
        Joining asked = new Joining("a", "", "", "", joining("a").subscription(), 100, "", 2_000);
        MemberStay a = group.join(asked);
        group.join("b");
        GroupLeases leases = new GroupLeases(time, group.state());

        pass(2);

        assertThat(leases.expired()).isEqualTo(List.of(a));
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            time.tick(now += SECOND);
        }
    }
}
