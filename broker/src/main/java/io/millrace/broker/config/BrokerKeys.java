package io.millrace.broker.config;

import io.millrace.broker.config.BrokerConfig.Log;
import java.util.List;

/** The definitions of all broker settings, in the order of the reference page. */
final class BrokerKeys {

    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final long TIB = 1L << 40;
    private static final long SECOND = 1_000;
    private static final long HOUR = 3_600 * SECOND;
    private static final long DAY = 24 * HOUR;
    private static final int MAX_SEEDS = 100;
    private static final int MAX_RACK = 100;

    static final ConfigKey<Long> NODE_ID =
            number(
                    "node-id",
                    1,
                    1,
                    65_535,
                    "The broker's number in its cluster. Never given to another broker, and never"
                            + " changed: the data directory belongs to it.");
    static final ConfigKey<String> DATA_DIR =
            text(
                    "data-dir",
                    "millrace-data",
                    ConfigRule.notBlank(),
                    "Where everything is kept. Created if it is not there; one broker at a time.");
    static final ConfigKey<Long> SHARDS_PER_BROKER =
            number(
                    "shards-per-broker",
                    2,
                    1,
                    64,
                    "How many data shards each broker brings to the cluster that it founds. Of no"
                            + " effect later. More shards order writes in parallel and cost"
                            + " threads.");
    static final ConfigKey<Long> STOP_GRACE =
            duration(
                    "stop-grace-ms",
                    30 * SECOND,
                    0,
                    HOUR,
                    "How long a planned stop waits for answers under way and a last checkpoint.");

    static final ConfigKey<String> HOST =
            text(
                    "listen.host",
                    "127.0.0.1",
                    ConfigRule.notBlank(),
                    "The address to listen on; 0.0.0.0 for all. Anything but the machine itself"
                            + " needs listen.allow-insecure.");
    static final ConfigKey<Long> CLIENT_PORT =
            port("listen.client-port", 7400, "The port for clients");
    static final ConfigKey<Long> PEER_PORT =
            port("listen.peer-port", 7401, "The port for other brokers");
    static final ConfigKey<Long> HTTP_PORT =
            port("listen.http-port", 7402, "The port for metrics, health and console");
    static final ConfigKey<String> ADVERTISED =
            text(
                    "listen.advertised-address",
                    "",
                    ConfigRule.any(),
                    "What clients are told to connect to, host or host:port, where that differs"
                            + " from listen.host: with 0.0.0.0, containers, address translation.");
    static final ConfigKey<String> ADVERTISED_PEER =
            text(
                    "listen.advertised-peer-address",
                    "",
                    ConfigRule.any(),
                    "What other brokers are told to connect to, host or host:port, where that"
                            + " differs from the host of listen.advertised-address, or of"
                            + " listen.host if that is empty too.");
    static final ConfigKey<Boolean> ALLOW_INSECURE =
            new ConfigKey<>(
                    "listen.allow-insecure",
                    ConfigType.FLAG,
                    false,
                    ConfigRule.any(),
                    "Whether to speak plaintext, without passwords, on addresses that other"
                            + " machines can reach.",
                    "0.1.0");

    static final ConfigKey<List<String>> SEEDS =
            new ConfigKey<>(
                    "cluster.seeds",
                    ConfigType.ADDRESSES,
                    List.of(),
                    new ConfigRule<>(
                            seeds -> seeds.size() <= MAX_SEEDS,
                            "at most " + MAX_SEEDS + " addresses"),
                    "The peer addresses, host:port separated by commas, of the brokers that a new"
                            + " cluster is founded by, mostly three; the same on all of them. An"
                            + " empty broker waits until one of them knows a cluster, or until all"
                            + " of them answer, are empty and list the same seeds: then the one"
                            + " with the lowest node id founds it. Empty: the broker is a cluster"
                            + " of its own. A broker that is in a cluster finds the others by them"
                            + " if they have moved while it was down.",
                    "0.1.0");
    static final ConfigKey<String> RACK =
            text(
                    "rack",
                    "",
                    new ConfigRule<>(
                            rack -> rack.length() <= MAX_RACK,
                            "at most " + MAX_RACK + " characters"),
                    "The rack or zone that the broker stands in. The replicas of a shard are spread"
                            + " over as many racks as there are.");
    static final ConfigKey<Long> LEASE =
            duration(
                    "cluster.lease-ms",
                    10 * SECOND,
                    2 * SECOND,
                    10 * 60 * SECOND,
                    "For how long a broker counts as alive after its last report to the"
                            + " controller; it reports each second. Less moves things away from a"
                            + " dead broker earlier, and from one that only pauses too. The same"
                            + " on all brokers of a cluster.");

    static final ConfigKey<Long> ELECTION_TIMEOUT =
            duration(
                    "cluster.election-timeout-ms",
                    SECOND,
                    250,
                    10 * SECOND,
                    "After what silence of a leader the other replicas of a shard look for another,"
                            + " at most twice this by chance; a leader that hears no majority for"
                            + " so long steps down. At most half of cluster.lease-ms. It counts"
                            + " for brokers that hang or cannot be reached: one whose process has"
                            + " ended is replaced at once. More is for brokers that are short of"
                            + " processors. The same on all brokers of a cluster.");

    static final ConfigKey<Long> WAL_SEGMENT =
            bytes(
                    "wal.segment-bytes",
                    64 * MIB,
                    16 * MIB,
                    GIB,
                    "Size of a segment of the write-ahead log. Segments are recycled as a whole.");
    static final ConfigKey<Long> WAL_CAP =
            bytes(
                    "wal.cap-bytes",
                    2 * GIB,
                    64 * MIB,
                    TIB,
                    "The most that the write-ahead log may take, at least four segments. At 80 %"
                            + " publishes on the shard that holds it up are refused.");
    static final ConfigKey<Boolean> WAL_DIRECT_IO =
            new ConfigKey<>(
                    "wal.direct-io",
                    ConfigType.FLAG,
                    true,
                    ConfigRule.any(),
                    "Whether to write the write-ahead log past the page cache where its file system"
                            + " allows it. It is forced either way; through the page cache it takes"
                            + " more time and memory.",
                    "0.1.0");
    static final ConfigKey<Long> CHECKPOINT_BYTES =
            bytes(
                    "checkpoint.bytes",
                    256 * MIB,
                    MIB,
                    TIB,
                    "A shard takes a checkpoint after this many bytes of its entries. Less means a"
                            + " faster start after a crash and more writing.");
    static final ConfigKey<Long> CHECKPOINT_INTERVAL =
            duration(
                    "checkpoint.interval-ms",
                    300 * SECOND,
                    SECOND,
                    DAY,
                    "A shard takes a checkpoint after this long, if it had any entry.");
    static final ConfigKey<Long> DISK_RESERVE =
            bytes(
                    "disk.reserve-bytes",
                    256 * MIB,
                    0,
                    TIB,
                    "With fewer free bytes on the disk of data-dir, publishes are refused with"
                            + " DISK_FULL while reads go on; they are taken again when a quarter"
                            + " more is free. The reserve is what votes, checkpoints and deletions"
                            + " need then.");
    static final ConfigKey<Long> DISK_CHECK =
            duration(
                    "disk.check-interval-ms",
                    SECOND,
                    10,
                    60 * SECOND,
                    "How often the free space is measured. A fast disk fills"
                            + " by gigabytes in a second: the reserve must cover that.");

    static final ConfigKey<Long> PUBLISH_QUEUE =
            bytes(
                    "memory.publish-queue-bytes",
                    64 * MIB,
                    16 * MIB,
                    64 * GIB,
                    "Record batches under way in the broker, all publishers together. Beyond it"
                            + " their streams are not read.");
    static final ConfigKey<Long> SUBSCRIPTION_BUFFER =
            bytes(
                    "memory.subscription-buffer-bytes",
                    256L << 10,
                    16L << 10,
                    64 * MIB,
                    "How much is read from a partition in one go for one subscription; a larger"
                            + " batch is read alone. Half as much more may still be on its way to a"
                            + " subscriber that takes it slowly.");
    static final ConfigKey<Long> RECENT_BATCHES =
            bytes(
                    "memory.recent-batches-bytes",
                    32 * MIB,
                    0,
                    16 * GIB,
                    "Record batches that stay in memory for a second after they were stored, of"
                            + " partitions that are followed near their ends, all together."
                            + " Subscribers that find theirs there cost no read of the log. 0:"
                            + " none.");
    static final ConfigKey<Long> CONNECTIONS =
            number(
                    "limits.connections",
                    10_000,
                    1,
                    1_000_000,
                    "Client connections at a time; more are closed at once.");
    static final ConfigKey<Long> STREAMS =
            number(
                    "limits.streams-per-connection",
                    1_000,
                    1,
                    100_000,
                    "Calls and streams at a time on one connection; more wait in the client.");
    static final ConfigKey<Long> SUBSCRIBED =
            number(
                    "limits.partitions-per-subscription",
                    2_000,
                    1,
                    10_000,
                    "Partitions that one subscription may follow.");

    static final ConfigKey<Log.Level> LOG_LEVEL =
            new ConfigKey<>(
                    "log.level",
                    ConfigType.oneOf(Log.Level.class, true),
                    Log.Level.INFO,
                    ConfigRule.any(),
                    "The least important level that is logged, to stderr.",
                    "0.1.0");
    static final ConfigKey<Log.Format> LOG_FORMAT =
            new ConfigKey<>(
                    "log.format",
                    ConfigType.oneOf(Log.Format.class, true),
                    Log.Format.TEXT,
                    ConfigRule.any(),
                    "Lines for people, or one JSON object a line.",
                    "0.1.0");

    static final ConfigKey<Long> OPEN_LOGS =
            number(
                    "partitions.open-logs",
                    1_000,
                    16,
                    100_000,
                    "How many segments of partition logs may be open at a time; each takes two file"
                            + " descriptors. The least recently used are closed.");
    static final ConfigKey<Long> RETENTION_CHECK =
            duration(
                    "partitions.retention-check-interval-ms",
                    30 * SECOND,
                    100,
                    DAY,
                    "How often segments that retention no longer covers are looked for.");
    static final ConfigKey<Long> MAX_PRODUCERS =
            number(
                    "producers.max-per-partition",
                    1_000,
                    8,
                    100_000,
                    "How many idempotent producers each partition remembers; beyond it the one"
                            + " that was silent longest is forgotten. The same on all brokers of a"
                            + " cluster.");
    static final ConfigKey<Long> PRODUCER_EXPIRY =
            duration(
                    "producers.expiry-ms",
                    7 * DAY,
                    60 * SECOND,
                    365 * DAY,
                    "For how long after its last batch a producer is remembered. A publisher that"
                            + " was silent longer cannot find out whether its last batches were"
                            + " stored. The same on all brokers of a cluster.");

    /** All broker settings. */
    static final ConfigRegistry KEYS =
            new ConfigRegistry(
                    "setting",
                    "docs/reference/config.md",
                    List.of(
                            NODE_ID,
                            DATA_DIR,
                            SHARDS_PER_BROKER,
                            STOP_GRACE,
                            HOST,
                            CLIENT_PORT,
                            PEER_PORT,
                            HTTP_PORT,
                            ADVERTISED,
                            ADVERTISED_PEER,
                            ALLOW_INSECURE,
                            SEEDS,
                            RACK,
                            LEASE,
                            ELECTION_TIMEOUT,
                            WAL_SEGMENT,
                            WAL_CAP,
                            WAL_DIRECT_IO,
                            CHECKPOINT_BYTES,
                            CHECKPOINT_INTERVAL,
                            DISK_RESERVE,
                            DISK_CHECK,
                            PUBLISH_QUEUE,
                            SUBSCRIPTION_BUFFER,
                            RECENT_BATCHES,
                            CONNECTIONS,
                            STREAMS,
                            SUBSCRIBED,
                            LOG_LEVEL,
                            LOG_FORMAT,
                            OPEN_LOGS,
                            RETENTION_CHECK,
                            MAX_PRODUCERS,
                            PRODUCER_EXPIRY));

    private BrokerKeys() {}

    private static ConfigKey<Long> number(
            String name, long defaultValue, long min, long max, String doc) {
        return ranged(name, ConfigType.NUMBER, defaultValue, min, max, doc);
    }

    private static ConfigKey<Long> bytes(
            String name, long defaultValue, long min, long max, String doc) {
        return ranged(name, ConfigType.BYTES, defaultValue, min, max, doc);
    }

    private static ConfigKey<Long> duration(
            String name, long defaultValue, long min, long max, String doc) {
        return ranged(name, ConfigType.DURATION, defaultValue, min, max, doc);
    }

    private static ConfigKey<Long> port(String name, long defaultValue, String doc) {
        return number(name, defaultValue, 0, 65_535, doc + "; 0: a free one.");
    }

    private static ConfigKey<Long> ranged(
            String name, ConfigType<Long> type, long defaultValue, long min, long max, String doc) {
        ConfigRule<Long> rule = ConfigRule.between(type, min, max);
        return new ConfigKey<>(name, type, defaultValue, rule, doc, "0.1.0");
    }

    private static ConfigKey<String> text(
            String name, String defaultValue, ConfigRule<String> rule, String doc) {
        return new ConfigKey<>(name, ConfigType.TEXT, defaultValue, rule, doc, "0.1.0");
    }
}
