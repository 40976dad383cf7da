package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ReceivedEntriesTest {

    private final MemoryBudget budget = new MemoryBudget(100);
    private final AtomicLong settled = new AtomicLong();
    private final ReceivedEntries entries = new ReceivedEntries(budget, settled::get);
    private final ReceivedEntries others = new ReceivedEntries(budget, () -> 0);

    @Test
    void shouldRefuseWhatDoesNotFitUntilSomeAreSettled() {
        assertThat(entries.tryAdd(0, 3, 60)).isTrue();
        assertThat(entries.tryAdd(3, 1, 40)).isTrue();
        assertThat(entries.tryAdd(4, 1, 1)).isFalse();

        settled.set(2);
        assertThat(entries.tryAdd(4, 1, 1)).as("the third is neither").isFalse();

        settled.set(3);
        assertThat(entries.tryAdd(4, 1, 1)).isTrue();
        assertThat(budget.used()).isEqualTo(41);
    }

    @Test
    void shouldTakeOneBatchForEachReplicaWhateverTheOthersHold() {
        assertThat(others.tryAdd(0, 1, 100)).isTrue();
        assertThat(others.tryAdd(1, 1, 1)).isFalse();

        assertThat(entries.tryAdd(0, 1, 70)).isTrue();
        assertThat(entries.tryAdd(1, 1, 1)).isFalse();
        settled.set(1);
        assertThat(entries.tryAdd(1, 1, 70)).isTrue();
        assertThat(budget.used()).isEqualTo(170);
    }

    @Test
    void shouldNotCountTwiceWhatIsSentAgain() {
        entries.tryAdd(0, 2, 30);
        entries.tryAdd(2, 2, 30);
        entries.tryAdd(2, 1, 10);

        assertThat(budget.used()).isEqualTo(40);
        entries.cutAfter(0);
        assertThat(budget.used()).isZero();
    }

    @Test
    void shouldForgetWhatIsSettledWithoutHearingMore() {
        entries.tryAdd(0, 2, 30);
        settled.set(9);

        entries.settle();

        assertThat(budget.used()).isZero();
    }

    @Test
    void shouldTakeOnlyWhatIsSmallWhileTheJournalIsFull() {
        entries.journalIsFull(true);
        assertThat(entries.tryAdd(0, 1, ReceivedEntries.SMALL_BYTES + 1)).isFalse();
        assertThat(entries.tryAdd(0, 1, ReceivedEntries.SMALL_BYTES)).isTrue();

        entries.journalIsFull(false);
        settled.set(1);
        assertThat(entries.tryAdd(1, 1, ReceivedEntries.SMALL_BYTES + 1)).isTrue();
    }
}
