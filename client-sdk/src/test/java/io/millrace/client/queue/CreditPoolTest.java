package io.millrace.client.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.queue.CreditPool.Amount;
import org.junit.jupiter.api.Test;

class CreditPoolTest {
    private final CreditPool pool = new CreditPool(80, 8_000);

    @Test
    void shouldShareEvenly() {
        pool.setStreams(2);
        CreditPool.Line one = pool.open();
        CreditPool.Line two = pool.open();
        assertThat(pool.grant(one)).isEqualTo(new Amount(40, 4_000));
        assertThat(pool.grant(two)).isEqualTo(new Amount(40, 4_000));
        assertThat(pool.grant(one).isNothing()).isTrue();
    }

    @Test
    void shouldGiveMoreOnlyForWhatWasTakenAndNotLittleByLittle() {
        CreditPool.Line line = pool.open();
        pool.grant(line);
        pool.arrived(line, 80, 800);
        assertThat(pool.grant(line).isNothing()).isTrue();
        pool.taken(line, 19, 0);
        assertThat(pool.grant(line).isNothing()).isTrue();
        pool.taken(line, 1, 0);
        assertThat(pool.grant(line)).isEqualTo(new Amount(20, 0));
    }

    @Test
    void shouldNotStarveANewStreamWhileAnOldOneIsIdle() {
        CreditPool.Line idle = pool.open();
        assertThat(pool.grant(idle).records()).isEqualTo(80);
        CreditPool.Line busy = pool.open();
        assertThat(pool.grant(busy).records()).as("a quarter of a half").isEqualTo(10);
        pool.arrived(busy, 10, 100);
        assertThat(pool.grant(busy).isNothing()).as("its user is slow").isTrue();
        pool.taken(busy, 10, 100);
        assertThat(pool.grant(busy).records()).isEqualTo(10);
    }

    @Test
    void shouldFreeWhatAnEndedStreamHadUnderWay() {
        CreditPool.Line ended = pool.open();
        pool.grant(ended);
        pool.arrived(ended, 30, 300);
        pool.close(ended);
        CreditPool.Line next = pool.open();
        assertThat(pool.grant(next))
                .as("what has come still waits")
                .isEqualTo(new Amount(50, 7_700));
        pool.taken(ended, 30, 300);
        assertThat(pool.grant(next)).isEqualTo(new Amount(30, 300));
    }

    @Test
    void shouldGiveSomethingHoweverSmallTheBoundIs() {
        CreditPool tiny = new CreditPool(1, 1_024);
        tiny.setStreams(3);
        for (int i = 0; i < 3; i++) {
            CreditPool.Line line = tiny.open();
            assertThat(tiny.grant(line).records()).isEqualTo(1);
            tiny.arrived(line, 1, 5_000);
            assertThat(tiny.grant(line).isNothing()).isTrue();
            tiny.taken(line, 1, 5_000);
            assertThat(tiny.grant(line).records()).isEqualTo(1);
        }
    }
}
