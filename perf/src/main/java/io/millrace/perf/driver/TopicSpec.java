package io.millrace.perf.driver;

/**
 * A topic to be created.
 *
 * @param name its name
 * @param partitions how many
 * @param replicas of each
 * @param durability that acknowledgements are to have
 * @param recordBytes the largest key and value together; limits that are lower are raised
 */
public record TopicSpec(
        String name, int partitions, int replicas, Durability durability, int recordBytes) {
    /** What a batch takes besides the key and value of its only record, generously. */
    private static final int OVERHEAD = 1 << 10;

    /** How large a batch must be allowed to be. */
    public int largestBatch() {
        return recordBytes + OVERHEAD;
    }
}
