package io.millrace.perf.load;

import io.millrace.perf.driver.Durability;
import io.millrace.perf.workload.Stamp;
import io.millrace.perf.workload.Workload;
import io.millrace.protocol.batch.Compression;
import java.time.Duration;
import java.util.Locale;

/**
 * What one load process is to do, checked; its input as JSON, where each field is present.
 *
 * @param system the name of the driver: millrace, kafka
 * @param bootstrap the brokers to ask first, host:port with commas between
 * @param workload its name; only told
 * @param work what is measured
 * @param topic its name; created at the beginning and deleted at the end
 * @param partitions of the topic
 * @param replicas of each
 * @param durability that acknowledgements must have; asserted
 * @param recordBytes of each value
 * @param batchBytes when a publisher sends a batch
 * @param lingerMs when a publisher sends one that is not full, in milliseconds
 * @param compression of batches: none, lz4, zstd
 * @param rate records a second over all publishers; 0: as fast as possible
 * @param publishers how many
 * @param subscribers how many; 0 if the work has none
 * @param memoryBytes of records without an answer, for each publisher
 * @param records of the backlog; 0 if the work has none
 * @param warmUpSeconds how long the same is done before, in this process and on this topic
 * @param seconds how long is measured; a backlog is read to its end, and again if there is time; of
 *     a failover: how long records go through before and after it
 * @param verify whether what was published is read back afterwards, where nobody subscribed
 * @param seed of the payload
 * @param deadlineSeconds after which the process ends whatever it is doing
 * @param failovers how often the leader changes; 0 if the work has none
 */
public record Spec(
        String system,
        String bootstrap,
        String workload,
        Work work,
        String topic,
        int partitions,
        int replicas,
        Durability durability,
        int recordBytes,
        int batchBytes,
        double lingerMs,
        String compression,
        long rate,
        int publishers,
        int subscribers,
        long memoryBytes,
        long records,
        double warmUpSeconds,
        double seconds,
        boolean verify,
        long seed,
        double deadlineSeconds,
        int failovers) {
    private static final double DAY = 86_400;

    /**
     * Checks each field.
     *
     * @throws IllegalArgumentException naming the field and its limits
     */
    public Spec {
        present("system", system);
        present("bootstrap", bootstrap);
        present("workload", workload);
        present("work", work);
        present("topic", topic);
        present("durability", durability);
        present("compression", compression);
        check("partitions", partitions, 1, 10_000);
        check("replicas", replicas, 1, 100);
        check("recordBytes", recordBytes, Stamp.BYTES, Workload.MAX_RECORD_SIZE);
        check("batchBytes", batchBytes, 1 << 10, 8 << 20);
        check("lingerMs", lingerMs, 0, 10_000);
        check("rate", rate, 0, 100_000_000);
        check("publishers", publishers, 1, Workload.MAX_PUBLISHERS);
        check("subscribers", subscribers, work.isReceiving() ? 1 : 0, work.isReceiving() ? 64 : 0);
        check("memoryBytes", memoryBytes, Math.max(1 << 20, 2L * recordBytes), 1L << 34);
        check("records", records, work.isBacklog() ? 1 : 0, work.isBacklog() ? 1L << 32 : 0);
        check("warmUpSeconds", warmUpSeconds, 0, DAY);
        check("seconds", seconds, 0.1, DAY);
        check("deadlineSeconds", deadlineSeconds, warmUpSeconds + seconds, 2 * DAY);
        check("failovers", failovers, work.isFailover() ? 1 : 0, work.isFailover() ? 1_000 : 0);
        compression(compression);
        if (work.isFailover() && (partitions != 1 || rate == 0)) {
            throw new IllegalArgumentException(
                    "partitions is %d and rate %d; %s needs 1 and a rate"
                            .formatted(partitions, rate, work));
        }
        if (work == Work.ONE_AT_A_TIME && (publishers != 1 || subscribers != 1 || rate != 0)) {
            throw new IllegalArgumentException(
                    "publishers is %d, subscribers %d and rate %d; %s needs 1, 1 and 0"
                            .formatted(publishers, subscribers, rate, work));
        }
        if (!work.isFanOut() && subscribers > partitions) {
            throw new IllegalArgumentException(
                    "subscribers is %d; the %d partitions cannot be shared by more than %d"
                            .formatted(subscribers, partitions, partitions));
        }
    }

    /** How long publishers wait for records that would fill a batch. */
    Duration linger() {
        return Duration.ofNanos(Math.round(lingerMs * 1e6));
    }

    /** How long the same is done before the measurement. */
    Duration warmUp() {
        return Duration.ofNanos(Math.round(warmUpSeconds * 1e9));
    }

    /** How long is measured. */
    Duration time() {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    /** How batches are compressed. */
    Compression batchCompression() {
        return compression(compression);
    }

    private static Compression compression(String name) {
        try {
            return Compression.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "compression is \"%s\"; it must be none, lz4 or zstd".formatted(name), e);
        }
    }

    private static void present(String field, Object value) {
        if (value == null || value.equals("")) {
            throw new IllegalArgumentException(field + " is missing");
        }
    }

    private static void check(String field, double value, double min, double max) {
        // Written so that NaN, too, is refused.
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException(
                    "%s is %s; it must be %s to %s"
                            .formatted(field, text(value), text(min), text(max)));
        }
    }

    private static String text(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : Double.toString(value);
    }
}
