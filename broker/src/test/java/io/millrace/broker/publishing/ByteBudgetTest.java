package io.millrace.broker.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ByteBudgetTest {

    private final List<String> granted = new ArrayList<>();
    private final ByteBudget budget = new ByteBudget(100, Runnable::run);

    @Test
    void shouldServeTheLineInOrderAndLetNobodyOvertake() {
        assertThat(budget.acquire(80, () -> granted.add("first"))).isNull();
        assertThat(budget.acquire(60, () -> granted.add("second"))).isNotNull();
        // Would fit, but the second was there before.
        assertThat(budget.acquire(10, () -> granted.add("third"))).isNotNull();

        budget.release(80);

        assertThat(granted).containsExactly("second", "third");
        assertThat(budget.used()).isEqualTo(70);
    }

    @Test
    void shouldLetSomethingLargerThanTheBudgetThroughAlone() {
        assertThat(budget.acquire(10, () -> granted.add("small"))).isNull();
        assertThat(budget.acquire(500, () -> granted.add("huge"))).isNotNull();
        assertThat(granted).isEmpty();

        budget.release(10);

        assertThat(granted).containsExactly("huge");
        assertThat(budget.acquire(1, () -> granted.add("next"))).isNotNull();
    }

    @Test
    void shouldServeWhoeverStoodBehindOneWhoLeft() {
        assertThat(budget.acquire(90, () -> granted.add("first"))).isNull();
        ByteBudget.Waiter leaving = budget.acquire(50, () -> granted.add("leaving"));
        budget.acquire(10, () -> granted.add("behind"));

        assertThat(budget.abandon(leaving)).isTrue();

        assertThat(granted).containsExactly("behind");
        assertThat(budget.abandon(leaving)).isFalse();
        assertThat(budget.used()).isEqualTo(100);
    }
}
