package io.millrace.perf.measure;

import io.millrace.perf.workload.Stamp;
import io.millrace.perf.workload.Workload;
import java.util.Arrays;
import java.util.Optional;

/**
 * Finds records of one run that are lost, doubled, out of order or corrupt. Each publisher numbers
 * its records; those of a partition must come in the order of their numbers, all of them once.
 * Takes the same time for each record, and little memory as long as they come about in order.
 * Thread-safe.
 */
public final class DeliveryVerifier {
    private final long run;
    private final Sender[] senders;
    private long corrupt;
    private long foreign;
    private String firstProblem;

    /**
     * @param run records of another are not judged
     * @param publishers how many there are
     * @param partitions how many the topic has
     */
    public DeliveryVerifier(long run, int publishers, int partitions) {
        this.run = run;
        this.senders = new Sender[publishers];
        Arrays.setAll(senders, i -> new Sender(partitions));
    }

    /** Notes that a record was refused, or that its outcome is unknown: it need not come. */
    public void failed(int publisher, long sequence) {
        synchronized (senders[publisher]) {
            senders[publisher].failed.add(sequence);
        }
    }

    /**
     * Judges a record that was received.
     *
     * @param offset only told if something is wrong
     * @param key may be null
     * @param value may be null
     * @return its stamp, if it is a whole one of this run
     */
    public Optional<Stamp> accept(int partition, long offset, byte[] key, byte[] value) {
        if (!Stamp.isIn(value)) {
            countForeign();
            return Optional.empty();
        }
        boolean whole = Stamp.isWhole(key, value);
        Stamp stamp = Stamp.read(value);
        if (whole && stamp.run() != run) {
            countForeign();
            return Optional.empty();
        }
        if (!whole || !isPossible(stamp)) {
            countCorrupt(partition, offset);
            return Optional.empty();
        }
        Sender sender = senders[stamp.publisher()];
        synchronized (sender) {
            sender.accept(partition, stamp, offset);
        }
        return Optional.of(stamp);
    }

    /** How many different records of this run have come. */
    public long distinct() {
        long sum = 0;
        for (Sender sender : senders) {
            synchronized (sender) {
                sum += sender.seen.size();
            }
        }
        return sum;
    }

    /**
     * Judges the whole, when no more will come.
     *
     * @param sent how many records each publisher has numbered, those refused too
     */
    public Verification finish(long[] sent) {
        long expected = 0;
        long received = 0;
        long lost = 0;
        long doubled = 0;
        long outOfOrder = 0;
        for (int i = 0; i < senders.length; i++) {
            Sender sender = senders[i];
            synchronized (sender) {
                expected += sent[i] - sender.failed.size();
                received += sender.seen.size() + sender.doubled;
                doubled += sender.doubled;
                outOfOrder += sender.outOfOrder;
                lost += lost(i, sent[i]);
            }
        }
        synchronized (this) {
            return new Verification(
                    "publisher, number and CRC of each record",
                    expected,
                    received + corrupt,
                    lost,
                    doubled,
                    outOfOrder,
                    corrupt,
                    foreign,
                    firstProblem);
        }
    }

    private long lost(int publisher, long sent) {
        Sender sender = senders[publisher];
        long lost = 0;
        long at = sender.seen.firstMissing(0, sent, sender.failed);
        if (at < sent) {
            problem("record %d of publisher %d is lost".formatted(at, publisher));
        }
        while (at < sent) {
            lost++;
            at = sender.seen.firstMissing(at + 1, sent, sender.failed);
        }
        return lost;
    }

    private boolean isPossible(Stamp stamp) {
        return stamp.publisher() >= 0
                && stamp.publisher() < senders.length
                && stamp.sequence() >= 0
                && stamp.sequence() < 2 * Workload.MAX_RECORDS;
    }

    private synchronized void countForeign() {
        foreign++;
    }

    private synchronized void countCorrupt(int partition, long offset) {
        corrupt++;
        problem("the record at offset %d of partition %d is corrupt".formatted(offset, partition));
    }

    private synchronized void problem(String sentence) {
        if (firstProblem == null) {
            firstProblem = sentence;
        }
    }

    /** What has come of one publisher. */
    private final class Sender {
        private final SequenceSet seen = new SequenceSet();
        private final SequenceSet failed = new SequenceSet();
        private final long[] last;
        private long doubled;
        private long outOfOrder;

        Sender(int partitions) {
            last = new long[partitions];
            Arrays.fill(last, -1);
        }

        void accept(int partition, Stamp stamp, long offset) {
            long sequence = stamp.sequence();
            if (!seen.add(sequence)) {
                doubled++;
                problem(
                        "record %d of publisher %d came again at offset %d of partition %d"
                                .formatted(sequence, stamp.publisher(), offset, partition));
            } else if (sequence < last[partition]) {
                outOfOrder++;
                problem(
                        "record %d of publisher %d came after record %d, at offset %d of partition %d"
                                .formatted(
                                        sequence,
                                        stamp.publisher(),
                                        last[partition],
                                        offset,
                                        partition));
            } else {
                last[partition] = sequence;
            }
        }
    }
}
