package io.millrace.client.publish;

/**
 * A producer id and epoch, as brokers know this publisher. Unborn until the first welcome. Owned by
 * the sender.
 */
final class Producer {
    private long id;
    private int epoch;
    private boolean asking;

    boolean isBorn() {
        return id != 0;
    }

    long id() {
        return id;
    }

    int epoch() {
        return epoch;
    }

    /** Whether a stream is about to bring the id: others wait for it, or there would be two. */
    boolean isAsking() {
        return asking;
    }

    void setAsking(boolean value) {
        asking = value;
    }

    void born(long givenId, int givenEpoch) {
        id = givenId;
        epoch = givenEpoch;
        asking = false;
    }
}
