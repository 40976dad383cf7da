package io.millrace.broker.subscription;

import io.millrace.v1.PartitionGap;

/** Hears what subscriptions do, for metrics. Must not block. */
public interface SubscriptionListener {

    /** A batch of a topic went out. */
    void delivered(String topic, int records, int bytes);

    /** A gap was announced. */
    void gap(PartitionGap.Reason reason);

    /** The subscription is over. */
    void closed();
}
