package io.millrace.client.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.batch.BatchHeader;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.batch.Record;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InFlightWindowTest {
    private final InFlightWindow window = new InFlightWindow();

    @Test
    void shouldNumberRecordsFromZeroWithoutAHole() {
        PendingBatch a = sent(3);
        PendingBatch b = sent(2);
        PendingBatch c = sent(1);
        assertThat(a.firstSequence()).isZero();
        assertThat(b.firstSequence()).isEqualTo(3);
        assertThat(c.firstSequence()).isEqualTo(5);
        assertThat(window.acknowledged(a)).isTrue();
        assertThatThrownBy(() -> window.acknowledged(c)).isInstanceOf(IllegalStateException.class);
        assertThat(window.inFlight()).isEqualTo(2);
    }

    @Test
    void shouldSendAllAgainWithTheSameNumbersAfterABreak() {
        PendingBatch a = sent(3);
        PendingBatch b = sent(2);
        window.streamBroke();
        assertThat(List.of(a.mayBeApplied(), b.mayBeApplied())).containsExactly(true, true);
        assertThat(window.nextToSend()).isSameAs(a);
        window.sent();
        assertThat(window.nextToSend()).isSameAs(b);
        assertThat(b.firstSequence()).isEqualTo(3);
    }

    @Test
    void shouldSendNothingMoreAfterARefusalUntilAllAnswersAreIn() {
        PendingBatch a = sent(1);
        PendingBatch b = sent(1);
        PendingBatch c = new PendingBatch(0, 0);
        c.append(new Record(1, null, null), 0);
        window.admit(c);
        window.refused(a, false);
        assertThat(window.isBlocked()).isTrue();
        assertThat(window.nextToSend()).isNull();
        window.refused(b, false);
        assertThat(window.isBlocked()).isFalse();
        assertThat(window.nextToSend()).isSameAs(a);
        assertThat(a.mayBeApplied() || b.mayBeApplied()).isFalse();
    }

    @Test
    void shouldCloseUpTheNumbersWhenABatchIsDropped() {
        PendingBatch a = sent(3);
        PendingBatch b = sent(2);
        window.dropped(a);
        assertThat(b.firstSequence()).isEqualTo(3);
        window.refused(b, false);
        assertThat(window.nextToSend()).isSameAs(b);
        assertThat(b.firstSequence()).isZero();
    }

    @Test
    void shouldKnowThatABatchAfterARefusedOneIsNotApplied() {
        PendingBatch a = sent(1);
        PendingBatch b = sent(1);
        window.refused(a, false);
        window.streamBroke();
        assertThat(a.mayBeApplied()).isFalse();
        assertThat(b.mayBeApplied()).isFalse();
    }

    @Test
    void shouldGiveBackOnlyWhatMayBeAppliedWhenTheProducerIsAbandoned() {
        PendingBatch a = sent(2);
        window.streamBroke();
        window.sent();
        PendingBatch b = sent(3);
        window.refused(a, false);
        window.refused(b, false);
        assertThat(window.abandonProducer()).containsExactly(a);
        assertThat(window.nextToSend()).isSameAs(b);
        assertThat(b.firstSequence()).isZero();
    }

    @Test
    void shouldCarryTheNewProducerEvenWhereTheNumberStaysTheSame() {
        PendingBatch a = sent(2);
        assertThat(producerIn(a.bytes(producer(7), Compression.NONE))).isEqualTo(7);
        window.refused(a, false);
        assertThat(window.abandonProducer()).isEmpty();
        assertThat(a.firstSequence()).isZero();
        assertThat(producerIn(a.bytes(producer(8), Compression.NONE))).isEqualTo(8);
    }

    @Test
    void shouldSendAllAgainWhenALaterBatchIsStoredThoughAnEarlierWasRefused() {
        PendingBatch a = sent(1);
        PendingBatch b = sent(1);
        window.refused(a, false);
        assertThat(window.acknowledged(b)).isFalse();
        assertThat(window.nextToSend()).isSameAs(a);
        assertThat(a.mayBeApplied()).isTrue();
        assertThat(window.size()).isEqualTo(2);
    }

    /** Any events in any order: what may be applied comes first, and the numbers have no hole. */
    @Test
    void shouldKeepItsInvariants() {
        for (long seed = 1; seed <= 300; seed++) {
            InFlightWindow random = new InFlightWindow();
            Deque<PendingBatch> inFlight = new ArrayDeque<>();
            Random choice = new Random(seed);
            for (int step = 0; step < 200; step++) {
                step(random, inFlight, choice);
                check(random, seed);
                assertThat(random.inFlight()).as("seed %d", seed).isEqualTo(inFlight.size());
            }
        }
    }

    private static void step(InFlightWindow window, Deque<PendingBatch> inFlight, Random choice) {
        switch (choice.nextInt(inFlight.isEmpty() ? 4 : 10)) {
            case 0, 1 -> {
                if (!window.isBlocked() && window.size() < 8) {
                    window.admit(batch(1 + choice.nextInt(3)));
                }
            }
            case 2, 3, 4, 5 -> {
                PendingBatch next = window.nextToSend();
                if (next != null) {
                    window.sent();
                    inFlight.add(next);
                }
            }
            case 6 -> window.acknowledged(inFlight.poll());
            case 7 -> window.refused(inFlight.poll(), choice.nextBoolean());
            case 8 -> {
                if (choice.nextBoolean()) {
                    window.streamBroke();
                } else {
                    window.abandonProducer();
                }
                inFlight.clear();
            }
            default -> {
                if (!inFlight.peek().mayBeApplied()) {
                    window.dropped(inFlight.poll());
                }
            }
        }
    }

    private static void check(InFlightWindow window, long seed) {
        List<PendingBatch> all = new ArrayList<>(window.all());
        boolean certain = false;
        for (int i = 0; i < all.size(); i++) {
            assertThat(certain && all.get(i).mayBeApplied())
                    .as("seed %d: a batch after one that is certainly not applied", seed)
                    .isFalse();
            certain |= !all.get(i).mayBeApplied();
            if (i > 0 && !window.isBlocked()) {
                PendingBatch before = all.get(i - 1);
                assertThat(all.get(i).firstSequence())
                        .as("seed %d", seed)
                        .isEqualTo(before.firstSequence() + before.recordCount());
            }
        }
    }

    private static Producer producer(long id) {
        Producer producer = new Producer();
        producer.born(id, 0);
        return producer;
    }

    private static long producerIn(ByteBuffer batch) {
        return BatchHeader.validate(batch).producerId();
    }

    private PendingBatch sent(int records) {
        PendingBatch batch = batch(records);
        window.admit(batch);
        assertThat(window.nextToSend()).isSameAs(batch);
        window.sent();
        return batch;
    }

    private static PendingBatch batch(int records) {
        PendingBatch batch = new PendingBatch(0, 0);
        for (int i = 0; i < records; i++) {
            batch.append(new Record(1, null, null), 0);
        }
        return batch;
    }
}
