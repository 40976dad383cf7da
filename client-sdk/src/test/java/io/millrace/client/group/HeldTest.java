package io.millrace.client.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.v1.AssignedPartition;
import org.junit.jupiter.api.Test;

class HeldTest {
    @Test
    void shouldPassOverWhatIsLeftOutOnlyOnceThePolledRecordsAreThrough() {
        Held stay = held(false);
        stay.gave(0);
        stay.passed(5);
        assertThat(stay.done()).isZero();
        stay.finishedAll();
        assertThat(stay.done()).isEqualTo(5);
        stay.passed(9);
        assertThat(stay.done()).isEqualTo(9);
        assertThat(stay.isBusy()).isFalse();
    }

    @Test
    void shouldPassOverWhatIsLeftOutOnlyOnceTheHandlersAreThrough() {
        Held stay = held(true);
        stay.setState(Held.State.ACTIVE);
        stay.gave(0);
        stay.begin();
        stay.passed(5);
        assertThat(stay.done()).isZero();
        stay.finished(0);
        assertThat(stay.done()).isEqualTo(5);
        assertThat(stay.hasToCommit()).isTrue();
    }

    @Test
    void shouldNotCallLostWhatNobodyWasGiven() {
        Held stay = held(false);
        stay.passed(5);
        assertThat(stay.hasToCommit()).isTrue();
        assertThat(stay.isUncommitted()).isFalse();
        stay.gave(7);
        assertThat(stay.isUncommitted()).isTrue();
    }

    private static Held held(boolean tracked) {
        return new Held(AssignedPartition.newBuilder().setTopic("t").build(), null, false, tracked);
    }
}
