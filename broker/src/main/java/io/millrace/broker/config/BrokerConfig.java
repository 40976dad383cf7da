package io.millrace.broker.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The configuration of a broker. Immutable. What each setting does is said once, in {@link
 * BrokerKeys} and the reference page made from it.
 *
 * @param nodeId the broker's number in its cluster
 * @param dataDir where everything is kept
 * @param shardsPerBroker how many data shards the broker brings when it founds a cluster
 * @param stopGraceMs how long a planned stop may take, in milliseconds
 * @param listen where the broker is reached
 * @param cluster who else there is
 * @param wal the write-ahead log
 * @param checkpoint when checkpoints are taken
 * @param disk the reserve of free space
 * @param memory bounds of queues and buffers
 * @param limits bounds of what clients may ask for
 * @param log how the broker logs
 * @param partitions how partition logs are looked after
 * @param producers what is remembered of idempotent producers
 */
public record BrokerConfig(
        int nodeId,
        Path dataDir,
        int shardsPerBroker,
        long stopGraceMs,
        Listen listen,
        Cluster cluster,
        Wal wal,
        Checkpoint checkpoint,
        Disk disk,
        Memory memory,
        Limits limits,
        Log log,
        Partitions partitions,
        Producers producers) {

    public BrokerConfig {
        if (!cluster.seeds().isEmpty() && !listen.tellsPeersAnAddress()) {
            throw new ConfigException(
                    BrokerKeys.HOST.name(),
                    ("listen.host: %s is no address that the other brokers could connect to; set"
                                    + " listen.advertised-peer-address to one, or listen.host")
                            .formatted(listen.host()));
        }
    }

    /** The configuration of a broker for which nobody has said anything. */
    public static BrokerConfig defaults() {
        return of(Map.of());
    }

    /**
     * A configuration with some settings that differ from their defaults, by name.
     *
     * @throws ConfigException if a name is unknown, a value is not allowed, or two contradict
     */
    public static BrokerConfig of(Map<String, String> settings) {
        ConfigValues values = ConfigValues.parse(BrokerKeys.KEYS, settings);
        return new BrokerConfig(
                values.getInt(BrokerKeys.NODE_ID),
                Path.of(values.get(BrokerKeys.DATA_DIR)),
                values.getInt(BrokerKeys.SHARDS_PER_BROKER),
                values.get(BrokerKeys.STOP_GRACE),
                new Listen(
                        values.get(BrokerKeys.HOST),
                        values.getInt(BrokerKeys.CLIENT_PORT),
                        values.getInt(BrokerKeys.PEER_PORT),
                        values.getInt(BrokerKeys.HTTP_PORT),
                        values.get(BrokerKeys.ADVERTISED),
                        values.get(BrokerKeys.ADVERTISED_PEER),
                        values.get(BrokerKeys.ALLOW_INSECURE)),
                new Cluster(
                        values.get(BrokerKeys.SEEDS),
                        values.get(BrokerKeys.RACK),
                        values.get(BrokerKeys.LEASE),
                        values.get(BrokerKeys.ELECTION_TIMEOUT)),
                new Wal(
                        values.get(BrokerKeys.WAL_SEGMENT),
                        values.get(BrokerKeys.WAL_CAP),
                        values.get(BrokerKeys.WAL_DIRECT_IO)),
                new Checkpoint(
                        values.get(BrokerKeys.CHECKPOINT_BYTES),
                        values.get(BrokerKeys.CHECKPOINT_INTERVAL)),
                new Disk(values.get(BrokerKeys.DISK_RESERVE), values.get(BrokerKeys.DISK_CHECK)),
                new Memory(
                        values.get(BrokerKeys.PUBLISH_QUEUE),
                        values.getInt(BrokerKeys.SUBSCRIPTION_BUFFER),
                        values.get(BrokerKeys.RECENT_BATCHES)),
                new Limits(
                        values.getInt(BrokerKeys.CONNECTIONS),
                        values.getInt(BrokerKeys.STREAMS),
                        values.getInt(BrokerKeys.SUBSCRIBED)),
                new Log(values.get(BrokerKeys.LOG_LEVEL), values.get(BrokerKeys.LOG_FORMAT)),
                new Partitions(
                        values.getInt(BrokerKeys.OPEN_LOGS),
                        values.get(BrokerKeys.RETENTION_CHECK)),
                new Producers(
                        values.getInt(BrokerKeys.MAX_PRODUCERS),
                        values.get(BrokerKeys.PRODUCER_EXPIRY)));
    }

    /**
     * Where the broker is reached.
     *
     * @param host the address to listen on
     * @param clientPort for clients; 0: a free one
     * @param peerPort for other brokers; 0: a free one
     * @param httpPort for metrics, health and console; 0: a free one
     * @param advertisedAddress what clients are told, host or host:port; empty: the host and port
     *     listened on
     * @param advertisedPeerAddress what other brokers are told, host or host:port; empty: the host
     *     that clients are told, with the peer port
     * @param allowInsecure plaintext on an address that others can reach
     */
    public record Listen(
            String host,
            int clientPort,
            int peerPort,
            int httpPort,
            String advertisedAddress,
            String advertisedPeerAddress,
            boolean allowInsecure) {

        public Listen {
            if (!allowInsecure && !isLoopback(host)) {
                throw new ConfigException(
                        BrokerKeys.HOST.name(),
                        ("listen.host: %s can be reached from other machines, and this release has"
                                        + " neither encryption nor passwords; listen on 127.0.0.1,"
                                        + " or set listen.allow-insecure to true if the network is"
                                        + " trusted")
                                .formatted(host));
            }
        }

        /** Where clients are to connect, given the port that was bound: host:port. */
        public String clientAddress(int boundPort) {
            if (advertisedAddress.isEmpty()) {
                return withPort(host, boundPort);
            }
            return hasPort(advertisedAddress)
                    ? advertisedAddress
                    : withPort(advertisedAddress, boundPort);
        }

        /** Where other brokers are to connect, given the port that was bound: host:port. */
        public String peerAddress(int boundPort) {
            if (hasPort(advertisedPeerAddress)) {
                return advertisedPeerAddress;
            }
            return withPort(peerHost(), boundPort);
        }

        private String peerHost() {
            if (!advertisedPeerAddress.isEmpty()) {
                return advertisedPeerAddress;
            }
            return advertisedAddress.isEmpty()
                    ? host
                    : hasPort(advertisedAddress)
                            ? advertisedAddress.substring(0, advertisedAddress.lastIndexOf(':'))
                            : advertisedAddress;
        }

        boolean tellsPeersAnAddress() {
            return !peerHost().equals("0.0.0.0") && !peerHost().matches("\\[?::\\]?");
        }

        private static boolean hasPort(String address) {
            return address.matches(".*:[0-9]+") && !isBareIpv6(address);
        }

        private static String withPort(String host, int port) {
            return (isBareIpv6(host) ? "[" + host + "]" : host) + ":" + port;
        }

        private static boolean isBareIpv6(String host) {
            return !host.startsWith("[") && host.indexOf(':') != host.lastIndexOf(':');
        }

        // By its text: a name is not looked up, since the answer may change.
        private static boolean isLoopback(String host) {
            return host.equals("localhost")
                    || host.equals("::1")
                    || host.matches("127(\\.[0-9]{1,3}){3}");
        }
    }

    /**
     * Who else there is.
     *
     * @param seeds peer addresses, host:port, of those that found the cluster; empty: this broker
     *     alone
     * @param rack the rack or zone it stands in; may be empty
     * @param leaseMs for how long a broker counts as alive after its last report, in milliseconds
     * @param electionTimeoutMs how long a leader may be silent, in milliseconds
     */
    public record Cluster(List<String> seeds, String rack, long leaseMs, long electionTimeoutMs) {

        public Cluster {
            if (leaseMs < 2 * electionTimeoutMs) {
                throw new ConfigException(
                        BrokerKeys.ELECTION_TIMEOUT.name(),
                        "cluster.election-timeout-ms: %s is too much for a lease of %s, which would"
                                        .formatted(
                                                TimeSpan.format(electionTimeoutMs),
                                                TimeSpan.format(leaseMs))
                                + " run out while the controller elects a leader; set it to half of"
                                + " cluster.lease-ms or less");
            }
            seeds = List.copyOf(seeds);
        }
    }

    /**
     * The write-ahead log.
     *
     * @param segmentBytes size of a segment
     * @param capBytes the most that all segments together may take
     * @param directIo whether it is written past the page cache where that can be done
     */
    public record Wal(long segmentBytes, long capBytes, boolean directIo) {

        private static final int MIN_SEGMENTS = 4;

        public Wal {
            if (capBytes < MIN_SEGMENTS * segmentBytes) {
                throw new ConfigException(
                        BrokerKeys.WAL_CAP.name(),
                        "wal.cap-bytes: %s is too little for segments of %s: at least %d must fit"
                                        .formatted(
                                                DataSize.format(capBytes),
                                                DataSize.format(segmentBytes),
                                                MIN_SEGMENTS)
                                + "; raise it or lower wal.segment-bytes");
            }
        }
    }

    /**
     * When a shard takes a checkpoint: what comes first counts.
     *
     * @param bytes after this many bytes of its entries
     * @param intervalMs after this long, if there was any entry, in milliseconds
     */
    public record Checkpoint(long bytes, long intervalMs) {}

    /**
     * The reserve of free space.
     *
     * @param reserveBytes below this many free bytes writes are refused
     * @param checkIntervalMs how often the free space is measured, in milliseconds
     */
    public record Disk(long reserveBytes, long checkIntervalMs) {}

    /**
     * Bounds of queues and buffers.
     *
     * @param publishQueueBytes record batches under way in the broker
     * @param subscriptionBufferBytes what is read ahead for one subscription
     * @param recentBatchesBytes stored batches that are held for those who follow logs
     */
    public record Memory(
            long publishQueueBytes, int subscriptionBufferBytes, long recentBatchesBytes) {}

    /**
     * Bounds of what clients may ask for.
     *
     * @param connections client connections at a time
     * @param streamsPerConnection calls and streams at a time on one connection
     * @param partitionsPerSubscription partitions that one subscription may follow
     */
    public record Limits(
            int connections, int streamsPerConnection, int partitionsPerSubscription) {}

    /**
     * How the broker logs.
     *
     * @param level the least important level that is written
     * @param format the form of a line
     */
    public record Log(Level level, Format format) {

        /** How important a line is. */
        public enum Level {
            ERROR,
            WARN,
            INFO,
            DEBUG,
            TRACE
        }

        /** The form of a line. */
        public enum Format {
            /** For people. */
            TEXT,
            /** One JSON object a line. */
            JSON
        }
    }

    /**
     * How partition logs are looked after.
     *
     * @param openLogs how many may be open for writing or reading at a time
     * @param retentionCheckIntervalMs how often old segments are looked for, in milliseconds
     */
    public record Partitions(int openLogs, long retentionCheckIntervalMs) {}

    /**
     * What is remembered of idempotent producers.
     *
     * @param maxPerPartition how many producers each partition remembers
     * @param expiryMs for how long after their last batch, in milliseconds
     */
    public record Producers(int maxPerPartition, long expiryMs) {}
}
