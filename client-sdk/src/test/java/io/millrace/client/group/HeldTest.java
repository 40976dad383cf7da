package io.millrace.client.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.record.TopicPartition;
import io.millrace.v1.AssignedPartition;
import java.util.List;
import java.util.stream.IntStream;
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

    @Test
    void shouldNotFillTheLogWithPartitions() {
        List<TopicPartition> few = List.of(new TopicPartition("t", 0), new TopicPartition("t", 1));
        assertThat(Stays.some(few)).isEqualTo("t/0 t/1");
        List<TopicPartition> many =
                IntStream.range(0, 2_000).mapToObj(p -> new TopicPartition("t", p)).toList();
        assertThat(Stays.some(many)).startsWith("t/0 t/1 ").endsWith("t/9 and 1,990 more");
    }

    private static Held held(boolean tracked) {
        return new Held(AssignedPartition.newBuilder().setTopic("t").build(), null, false, tracked);
    }
}
