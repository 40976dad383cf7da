package io.millrace.client.publish;

import net.jpountz.xxhash.XXHash64;
import net.jpountz.xxhash.XXHashFactory;

/**
 * Chooses the partition of a record with a key. Thread-safe and stable: the same arguments give the
 * same partition for ever, else the records of a key lose their order.
 */
@FunctionalInterface
public interface Partitioner {
    /**
     * The partition, 0 to {@code partitionCount - 1}.
     *
     * @param topic the topic's name
     * @param key never null
     * @param partitionCount 1 or more
     */
    int partitionOf(String topic, byte[] key, int partitionCount);

    /**
     * The default: xxHash64 of the key with seed 0, as an unsigned number, modulo the number of
     * partitions. Clients in other languages that do the same choose the same partitions.
     */
    static Partitioner keyHash() {
        XXHash64 hash = XXHashFactory.fastestJavaInstance().hash64();
        return (topic, key, partitionCount) ->
                (int) Long.remainderUnsigned(hash.hash(key, 0, key.length, 0), partitionCount);
    }
}
