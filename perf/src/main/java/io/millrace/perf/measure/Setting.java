package io.millrace.perf.measure;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.perf.workload.Workload;
import java.util.Locale;

/**
 * Under what conditions was measured.
 *
 * @param version of this program
 * @param startTime when it began, ISO-8601 in UTC
 * @param cluster the brokers
 * @param topic the topic
 * @param load what was sent; null if the topic held its records already
 * @param receivers how many subscribers shared the partitions; 0: none were measured
 * @param warmUpSeconds left out of the numbers
 * @param machine where this program ran
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Setting(
        String version,
        String startTime,
        Cluster cluster,
        Topic topic,
        Load load,
        int receivers,
        double warmUpSeconds,
        Machine machine) {

    /**
     * The cluster.
     *
     * @param servers the brokers asked first, host:port with commas between
     * @param brokers how many there are
     * @param version of the first of them
     */
    public record Cluster(String servers, int brokers, String version) {}

    /**
     * The topic.
     *
     * @param name its name
     * @param createdForRun whether it was made for this run, and removed afterwards
     * @param partitions how many
     * @param replicas of each
     * @param durability what an acknowledgement stands for
     */
    public record Topic(
            String name, boolean createdForRun, int partitions, int replicas, String durability) {}

    /**
     * What was sent.
     *
     * @param recordSize bytes of a value
     * @param keyCount different keys; 0: none
     * @param batchBytes when a publisher sends a batch
     * @param lingerMs when a publisher sends one that is not full, in milliseconds
     * @param compression of batches
     * @param memoryBytes of records without an answer, for each publisher
     * @param rate records a second over all publishers; 0: as fast as possible
     * @param publishers how many
     * @param seed of keys and values
     */
    public record Load(
            int recordSize,
            int keyCount,
            int batchBytes,
            double lingerMs,
            String compression,
            long memoryBytes,
            long rate,
            int publishers,
            long seed) {
        /** Of a workload. */
        public static Load of(Workload workload) {
            return new Load(
                    workload.recordSize(),
                    workload.keyCount(),
                    workload.batchBytes(),
                    workload.linger().toNanos() / 1e6,
                    workload.compression().name().toLowerCase(Locale.ROOT),
                    workload.memoryBytes(),
                    workload.rate(),
                    workload.publishers(),
                    workload.seed());
        }
    }

    /**
     * Where this program ran.
     *
     * @param java the JVM
     * @param heapBytes its largest heap
     * @param cores that it may use
     * @param system operating system and processor
     */
    public record Machine(String java, long heapBytes, int cores, String system) {
        /** This one. */
        public static Machine here() {
            return new Machine(
                    System.getProperty("java.vm.name")
                            + " "
                            + System.getProperty("java.vm.version"),
                    Runtime.getRuntime().maxMemory(),
                    Runtime.getRuntime().availableProcessors(),
                    System.getProperty("os.name")
                            + " "
                            + System.getProperty("os.version")
                            + " "
                            + System.getProperty("os.arch"));
        }
    }
}
