package io.millrace.broker.subscription;

import io.millrace.v1.PartitionGap;

/** Hears what subscriptions do, for metrics. Must not block. */
public interface SubscriptionListener {

    /** A batch of a topic went out. */
    void delivered(String topic, int records, int bytes);

    /** Records were tested by filters. */
    void tested(int records, int matched);

    /** A gap was announced; not for what a filter left out. */
    void gap(PartitionGap.Reason reason);

    /** The subscription is over. */
    void closed();
}
