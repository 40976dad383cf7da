package io.millrace.client.cluster;

/** Skeleton. */
public final class Cluster implements AutoCloseable {
    private final ClusterOptions options;

    private Cluster(ClusterOptions options) {
        this.options = options;
    }

    /** Opens it. */
    public static Cluster open(ClusterOptions options) {
        return new Cluster(options);
    }

    /** The client's options. */
    public ClusterOptions options() {
        return options;
    }

    @Override
    public void close() {}
}
