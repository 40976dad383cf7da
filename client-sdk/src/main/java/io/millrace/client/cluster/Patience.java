package io.millrace.client.cluster;

/**
 * How long a broker may be silent on a stream. A half-open connection does not say that it is dead:
 * silence does. Pure; guarded by its owner's lock.
 */
public final class Patience {
    private long heardNanos;
    private long silenceNanos;

    /** Begins to wait for the first answer. */
    public void begin(long nowNanos, long maxSilenceNanos) {
        heardNanos = nowNanos;
        silenceNanos = maxSilenceNanos;
    }

    /** From now on it is silent for this long at most. */
    public void setSilence(long maxSilenceNanos) {
        silenceNanos = maxSilenceNanos;
    }

    /** Something has come. */
    public void heard(long nowNanos) {
        heardNanos = nowNanos;
    }

    /** How long the broker may still be silent, in nanoseconds; 0 or less: it is dead. */
    public long leftNanos(long nowNanos) {
        return silenceNanos - (nowNanos - heardNanos);
    }
}
