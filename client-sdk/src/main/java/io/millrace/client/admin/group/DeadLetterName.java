package io.millrace.client.admin.group;

/**
 * Names a dead letter: where its copy is in the group's dead-letter topic.
 *
 * @param partition the partition, counted from 0
 * @param offset the offset
 */
public record DeadLetterName(int partition, long offset) {
    public DeadLetterName {
        if (partition < 0 || offset < 0) {
            throw new IllegalArgumentException(
                    "partition and offset are 0 or more; given were "
                            + partition
                            + " and "
                            + offset);
        }
    }

    /** {@code PARTITION:OFFSET}. */
    @Override
    public String toString() {
        return partition + ":" + offset;
    }
}
