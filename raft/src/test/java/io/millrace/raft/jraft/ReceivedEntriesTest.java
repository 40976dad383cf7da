package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ReceivedEntriesTest {

    private final MemoryBudget budget = new MemoryBudget(100);
    private final AtomicLong settled = new AtomicLong();
    private final AtomicBoolean news = new AtomicBoolean();
    private final AtomicInteger refused = new AtomicInteger();
    private final ReceivedEntries entries =
            new ReceivedEntries(budget, settled::get, news::get, refused::incrementAndGet);
    private final ReceivedEntries others =
            new ReceivedEntries(budget, () -> 0, () -> false, () -> {});

    @Test
    void shouldRefuseWhatDoesNotFitUntilSomeAreSettled() {
        assertThat(entries.tryAdd(0, 3, 60)).isTrue();
        assertThat(entries.tryAdd(3, 1, 40)).isTrue();
        assertThat(entries.tryAdd(4, 1, 1)).isFalse();

        settled.set(2);
        assertThat(entries.tryAdd(4, 1, 1)).as("the third is neither").isFalse();

        assertThat(refused).hasValue(2);

        settled.set(3);
        assertThat(entries.tryAdd(4, 1, 1)).isTrue();
        assertThat(refused).hasValue(2);
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
    void shouldTakeOneBatchForEachCheckpointWhileTheJournalIsFull() {
        entries.journalIsFull(true);
        assertThat(entries.tryAdd(0, 1, 10)).isTrue();
        assertThat(entries.tryAdd(1, 1, 10)).as("the first is not applied").isFalse();

        settled.set(1);
        news.set(true);
        assertThat(entries.tryAdd(1, 1, 10)).as("a checkpoint is to come first").isFalse();

        news.set(false);
        assertThat(entries.tryAdd(1, 1, 10)).isTrue();

        news.set(true);
        entries.journalIsFull(false);
        assertThat(entries.tryAdd(2, 1, 10)).isTrue();
    }
}
