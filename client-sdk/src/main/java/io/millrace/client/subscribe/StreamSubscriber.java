package io.millrace.client.subscribe;

import io.millrace.client.cluster.Cluster;

final class StreamSubscriber {
    private StreamSubscriber() {}

    static Subscriber open(Cluster cluster, SubscriberOptions options) {
        throw new UnsupportedOperationException("follows");
    }
}
