package io.millrace.client.publish;

import io.millrace.client.cluster.Cluster;

final class StreamPublisher {
    private StreamPublisher() {}

    static Publisher open(Cluster cluster, PublisherOptions options) {
        throw new UnsupportedOperationException("follows");
    }
}
