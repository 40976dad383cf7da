package io.millrace.broker.subscription;

/** Hears what subscriptions do, for metrics. Must not block. */
public interface SubscriptionListener {

    /** A batch went out. */
    void delivered(int records, int bytes);

    /** A gap was announced. */
    void gap();

    /** The subscription is over. */
    void closed();
}
