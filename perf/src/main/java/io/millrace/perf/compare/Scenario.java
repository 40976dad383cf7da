package io.millrace.perf.compare;

import io.millrace.perf.load.Spec;
import io.millrace.perf.load.Work;

/**
 * A load that every contestant gets, the same for all. Its name, where there is one, is that of the
 * OpenMessaging benchmark.
 *
 * @param name unique
 * @param title what is measured, a few words
 * @param work what is measured
 * @param partitions of its topic
 * @param recordBytes of each value
 * @param rate records a second over all publishers; 0: as fast as possible
 * @param publishers how many
 * @param subscribers how many; 0 if the work has none
 * @param records of the backlog; 0 if the work has none
 * @param failovers how often the leader changes; 0 if the work has none
 */
record Scenario(
        String name,
        String title,
        Work work,
        int partitions,
        int recordBytes,
        long rate,
        int publishers,
        int subscribers,
        long records,
        int failovers) {

    /** The same batches for all. */
    private static final int BATCH_BYTES = 64 << 10;

    private static final double LINGER_MS = 5;

    /** Over all publishers, but each has enough for its largest records. */
    private static final long MEMORY_BYTES = 32 << 20;

    private static final long LEAST_MEMORY_BYTES = 4 << 20;
    private static final int REPLICAS = 3;
    private static final long SEED = 1;
    private static final double SPARE_SECONDS = 120;

    /** To create it and to write a first record, generously. */
    private static final double SECONDS_A_PARTITION = 0.1;

    /** Its first files, as far as a disk has to have room for them. */
    private static final long BYTES_A_PARTITION = 1 << 20;

    /** To publish a backlog and to read it again, on the slowest machine that makes sense. */
    private static final double SECONDS_A_MEGABYTE = 0.2;

    /** How long records go through before and after each change of the leader. */
    private static final double STEADY_SECONDS = 1.5;

    /** The longest that each may take. */
    private static final double FAILOVER_SECONDS = 180;

    /**
     * What warms a cluster up for it: the same, but that nothing happens to the brokers, and not as
     * fast as possible.
     *
     * @param mostRate records a second
     */
    Scenario warmUp(long mostRate) {
        return new Scenario(
                name,
                title,
                failovers == 0 ? work : Work.END_TO_END,
                partitions,
                recordBytes,
                rate == 0 && work == Work.PUBLISH ? mostRate : rate,
                publishers,
                subscribers,
                records,
                0);
    }

    /** What it leaves on the disk if it publishes no more than its backlog, generously. */
    long diskBytes() {
        // Files are made in advance, and a write-ahead log has most of it a second time.
        return REPLICAS * (2 * records * recordBytes + partitions * BYTES_A_PARTITION);
    }

    /** Its specification for a contestant. */
    Spec spec(Contestant contestant, String bootstrap, String topic, Pace pace) {
        return new Spec(
                contestant.system(),
                bootstrap,
                name,
                work,
                topic,
                partitions,
                REPLICAS,
                contestant.durability(),
                recordBytes,
                BATCH_BYTES,
                LINGER_MS,
                "none",
                rate,
                publishers,
                subscribers,
                Math.max(LEAST_MEMORY_BYTES, MEMORY_BYTES / publishers),
                records,
                pace.warmUpSeconds(),
                failovers == 0 ? pace.seconds() : STEADY_SECONDS,
                pace.verify(),
                SEED,
                4 * (pace.warmUpSeconds() + pace.seconds())
                        + partitions * SECONDS_A_PARTITION
                        + records * recordBytes / 1e6 * SECONDS_A_MEGABYTE
                        + failovers * FAILOVER_SECONDS
                        + SPARE_SECONDS,
                failovers);
    }
}
