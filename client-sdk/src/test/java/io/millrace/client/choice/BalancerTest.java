package io.millrace.client.choice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BalancerTest {
    private static final List<String> TWO = List.of("a", "b");

    private final AtomicLong now = new AtomicLong(-5);

    @Test
    void shouldLetOneThatFailsRestAndComeBackByOneRequestAtATime() {
        Balancer balancer = balancer(ChoicePolicy.roundRobin(new Random(1)));
        balancer.begin("a").failed();
        assertNever("a", balancer);
        pass(500);
        Balancer.Call probe = balancer.begin("a");
        assertNever("a", balancer);
        probe.failed();
        pass(999);
        assertNever("a", balancer);
        pass(1);
        assertSometimes("a", balancer);
        Balancer.Call second = balancer.begin("a");
        second.answered();
        second.ended();
        assertSometimes("a", balancer);
    }

    @Test
    void shouldLetOneThatHasRestedComeBackWhateverThePolicy() {
        for (ChoicePolicy policy :
                List.of(
                        ChoicePolicy.roundRobin(new Random(1)),
                        ChoicePolicy.weightedRoundRobin(),
                        ChoicePolicy.leastOutstanding(new Random(1)),
                        ChoicePolicy.leastResponseTime(new Random(1)),
                        ChoicePolicy.adaptive(new Random(1)))) {
            Balancer balancer = balancer(policy);
            balancer.begin("a").failed();
            balancer.begin("b").answered();
            assertNever("a", balancer);
            assertThat(balancer.available(TWO)).containsExactly("b");
            pass(500);
            assertSometimes("a", balancer);
            assertThat(balancer.available(TWO)).containsExactlyInAnyOrder("a", "b");
        }
    }

    @Test
    void shouldCountAgainWhatGoesOnWithoutTakingItForAnAnswer() {
        Balancer balancer = balancer(ChoicePolicy.leastOutstanding(new Random(1)));
        Balancer.Call call = balancer.goOn("a");
        assertNever("a", balancer);
        pass(60_000);
        call.ended();
        assertSometimes("a", balancer);
    }

    @Test
    void shouldNotRestLongerThanHalfAMinute() {
        Balancer balancer = balancer(ChoicePolicy.roundRobin(new Random(1)));
        for (int i = 0; i < 100; i++) {
            balancer.begin("a").failed();
        }
        assertNever("a", balancer);
        pass(30_000);
        assertSometimes("a", balancer);
    }

    @Test
    void shouldChooseTheFirstToComeBackWhenAllRest() {
        Balancer balancer = balancer(ChoicePolicy.roundRobin(new Random(1)));
        balancer.begin("b").failed();
        pass(10);
        balancer.begin("a").failed();
        assertNever("a", balancer);
    }

    @Test
    void shouldTakeSilenceForSlowness() {
        Balancer balancer = balancer(ChoicePolicy.leastResponseTime(new Random(1)));
        answer(balancer, "a", 1);
        answer(balancer, "b", 2);
        assertNever("b", balancer);
        balancer.begin("a");
        pass(50);
        assertNever("a", balancer);
    }

    @Test
    void shouldTryASlowOneAgainAfterAWhile() {
        Balancer balancer = balancer(ChoicePolicy.leastResponseTime(new Random(1)));
        answer(balancer, "a", 200);
        answer(balancer, "b", 10);
        assertNever("a", balancer);
        for (int second = 0; second < 30; second++) {
            pass(1_000);
            answer(balancer, "b", 10);
        }
        assertNever("b", balancer);
    }

    @Test
    void shouldCountWhatHasNotEnded() {
        Balancer balancer = balancer(ChoicePolicy.leastOutstanding(new Random(1)));
        Balancer.Call open = balancer.begin("a");
        open.answered();
        assertNever("a", balancer);
        open.ended();
        open.ended();
        assertSometimes("a", balancer);
        assertSometimes("b", balancer);
    }

    private void answer(Balancer balancer, String id, long ms) {
        Balancer.Call call = balancer.begin(id);
        pass(ms);
        call.answered();
        call.ended();
    }

    private void pass(long ms) {
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(ms));
    }

    private static void assertNever(String id, Balancer balancer) {
        for (int i = 0; i < 20; i++) {
            assertThat(balancer.choose(TWO)).isNotEqualTo(id);
        }
    }

    private static void assertSometimes(String id, Balancer balancer) {
        boolean chosen = false;
        for (int i = 0; i < 50; i++) {
            chosen |= balancer.choose(TWO).equals(id);
        }
        assertThat(chosen).isTrue();
    }

    private Balancer balancer(ChoicePolicy policy) {
        return new Balancer(policy, id -> 1, now::get);
    }
}
