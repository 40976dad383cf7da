package io.millrace.client.publish;

import java.util.ArrayList;
import java.util.List;

/**
 * The numbered batches of one partition that have no final answer: which of them are in flight on
 * the present stream, which must be sent again, which may be applied already. Pure; owned by the
 * sender.
 *
 * <p>In sequence order the batches are: those <em>refused</em> on this stream that will be sent
 * again, those <em>in flight</em>, those <em>to be sent</em>. A round is the time on one stream. A
 * refusal blocks the round: the broker refuses all later batches of the partition on that stream,
 * so nothing more is sent until the answers are in, and the next round starts with the first batch
 * again.
 *
 * <p>Invariant: the batches that may be applied are the first ones. A batch can only be applied
 * after its predecessors, so one whose predecessor is certainly not applied is not applied either.
 */
final class InFlightWindow {
    private final List<PendingBatch> batches = new ArrayList<>();
    private int refused;
    private int inFlight;
    private boolean blocked;
    private boolean restIsRefused;
    private long firstSequence;

    /** How many batches have no final answer. */
    int size() {
        return batches.size();
    }

    /** How many are in flight on the present stream. */
    int inFlight() {
        return inFlight;
    }

    /** Whether nothing more may be sent on the present stream. */
    boolean isBlocked() {
        return blocked;
    }

    /** The first batch without a final answer; null: none. */
    PendingBatch first() {
        return batches.isEmpty() ? null : batches.get(0);
    }

    /** All batches without a final answer. */
    List<PendingBatch> all() {
        return List.copyOf(batches);
    }

    /** Whether a batch must be sent again before new ones are admitted. */
    boolean hasUnsent() {
        return refused + inFlight < batches.size();
    }

    /** Takes a new batch, numbered after all others; it is to be sent. */
    void admit(PendingBatch batch) {
        batch.number(nextSequence());
        batches.add(batch);
    }

    /** The next batch to be sent in this round; null: none, or the round is blocked. */
    PendingBatch nextToSend() {
        return !blocked && hasUnsent() ? batches.get(refused + inFlight) : null;
    }

    /** The batch given by {@link #nextToSend} is in flight. */
    void sent() {
        inFlight++;
    }

    /** Whether this is the batch whose answer must come next. */
    boolean isNextAnswer(PendingBatch batch) {
        return inFlight > 0 && batches.get(refused) == batch;
    }

    /**
     * The oldest batch in flight is stored, now or before.
     *
     * @return whether that is final. It is not while earlier batches were refused: those must be
     *     stored too then, and to learn where, all are sent again and come back as duplicates
     */
    boolean acknowledged(PendingBatch batch) {
        checkNext(batch);
        if (refused > 0) {
            for (int i = 0; i <= refused; i++) {
                batches.get(i).markMayBeApplied();
            }
            refused++;
            inFlight--;
            endRound();
            return false;
        }
        firstSequence = batch.firstSequence() + batch.recordCount();
        batches.remove(0);
        inFlight--;
        return true;
    }

    /**
     * The oldest batch in flight is refused and will be sent again.
     *
     * @param unknown whether this attempt may be applied all the same
     */
    void refused(PendingBatch batch, boolean unknown) {
        checkNext(batch);
        if (unknown && (!restIsRefused || isAfterUncertain(refused))) {
            batch.markMayBeApplied();
        }
        restIsRefused |= !unknown;
        refused++;
        inFlight--;
        blocked = true;
        endRound();
    }

    /**
     * The oldest batch in flight is refused and will not be sent again. If no attempt of it may be
     * applied, the later ones move up in the sequence.
     */
    void dropped(PendingBatch batch) {
        checkNext(batch);
        batches.remove(refused);
        inFlight--;
        blocked = true;
        restIsRefused = true;
        endRound();
    }

    /** The stream is gone: what was in flight may be applied, and all is to be sent again. */
    void streamBroke() {
        for (int i = refused; i < refused + inFlight; i++) {
            if (!restIsRefused || isAfterUncertain(i)) {
                batches.get(i).markMayBeApplied();
            }
        }
        inFlight = 0;
        startRound();
    }

    /** Gives up the first batch, which is not in flight and certainly not applied. */
    PendingBatch giveUpFirst() {
        if (inFlight > 0 || batches.get(0).mayBeApplied()) {
            throw new IllegalStateException("the first batch may be applied");
        }
        PendingBatch first = batches.remove(0);
        startRound();
        return first;
    }

    /**
     * Ends the use of the present producer id: its sequence can no longer be continued.
     *
     * @return the batches that may be applied: sending them under another id could store them
     *     twice; the others stay and are numbered from 0
     */
    List<PendingBatch> abandonProducer() {
        streamBroke();
        List<PendingBatch> uncertain = new ArrayList<>();
        while (!batches.isEmpty() && batches.get(0).mayBeApplied()) {
            uncertain.add(batches.remove(0));
        }
        restart();
        return uncertain;
    }

    /** Takes all batches out; the next one belongs to another producer id. */
    List<PendingBatch> clear() {
        streamBroke();
        List<PendingBatch> all = new ArrayList<>(batches);
        batches.clear();
        restart();
        return all;
    }

    private void restart() {
        firstSequence = 0;
        // The number may be the same, the producer id is not: bytes made before are void.
        batches.forEach(batch -> batch.number(PendingBatch.NO_SEQUENCE));
        startRound();
    }

    private boolean isAfterUncertain(int index) {
        return index > 0 && batches.get(index - 1).mayBeApplied();
    }

    private long nextSequence() {
        if (batches.isEmpty()) {
            return firstSequence;
        }
        PendingBatch last = batches.get(batches.size() - 1);
        return last.firstSequence() + last.recordCount();
    }

    private void endRound() {
        if (blocked && inFlight == 0) {
            startRound();
        }
    }

    /** Everything is to be sent again; numbers close up where a batch was taken out. */
    private void startRound() {
        refused = 0;
        blocked = false;
        restIsRefused = false;
        long sequence = firstSequence;
        for (PendingBatch batch : batches) {
            if (batch.firstSequence() != sequence) {
                batch.number(sequence);
            }
            sequence += batch.recordCount();
        }
    }

    private void checkNext(PendingBatch batch) {
        if (!isNextAnswer(batch)) {
            throw new IllegalStateException("answers of a partition come in the order of batches");
        }
    }
}
