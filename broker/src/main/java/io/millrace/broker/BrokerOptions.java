package io.millrace.broker;

import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.data.DataDirectory;
import io.millrace.broker.partition.StoreSettings;
import io.millrace.broker.shard.ProducerLimits;
import io.millrace.broker.subscription.SubscriptionLimits;
import io.millrace.raft.jraft.RaftEngineOptions;
import io.millrace.raft.transport.PeerOptions;
import io.millrace.raft.wal.WalOptions;
import java.time.Duration;

/** Turns the broker's configuration into what its parts take. */
final class BrokerOptions {

    /** Segments that wait, ready to be written, if the cap allows. */
    private static final int SEGMENTS_AHEAD = 4;

    private static final int SEGMENTS_IN_USE = 3;

    /**
     * What proposals may hold in memory must still fit into the write-ahead log after it has begun
     * to refuse, so it follows from its cap: 256 MiB of the default 2 GiB.
     */
    private static final int MEMORY_SHARE = 8;

    /**
     * Of the heap for entries in memory, half of it for proposals and half for what leaders
     * elsewhere have sent. They may be held twice, before and after they are applied.
     */
    private static final int HEAP_SHARE = 4;

    /**
     * Batches are refused below the reserve; what is committed is applied down to this part of it,
     * so that refusing comes first and applying hardly ever has to wait.
     */
    private static final int APPLY_SHARE = 4;

    private BrokerOptions() {}

    static RaftEngineOptions raft(BrokerConfig config, DataDirectory directory, String clusterId) {
        return RaftEngineOptions.defaults(directory.path(), clusterId, config.nodeId())
                .withCheckpoints(
                        config.checkpoint().bytes(),
                        Duration.ofMillis(config.checkpoint().intervalMs()))
                .withMemory(memoryBytes(config))
                .withElectionTimeout(electionTimeout(config));
    }

    private static long memoryBytes(BrokerConfig config) {
        return Math.min(
                config.wal().capBytes() / MEMORY_SHARE,
                Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    }

    /** A connection that is silent for two election timeouts, and some signs of life, is dead. */
    static PeerOptions peers(BrokerConfig config) {
        PeerOptions defaults =
                PeerOptions.defaults(config.listen().host(), config.listen().peerPort());
        Duration silence = electionTimeout(config).multipliedBy(2);
        return silence.compareTo(defaults.silence()) > 0 ? defaults.withSilence(silence) : defaults;
    }

    /** jraft gives a successor the time of an election, and leads on if that does not begin. */
    static Duration askSuccessorAgain(BrokerConfig config) {
        return electionTimeout(config).multipliedBy(3).dividedBy(2);
    }

    private static Duration electionTimeout(BrokerConfig config) {
        return Duration.ofMillis(config.cluster().electionTimeoutMs());
    }

    static WalOptions wal(BrokerConfig config) {
        long segment = config.wal().segmentBytes();
        long cap = config.wal().capBytes();
        int ahead = (int) Math.min(SEGMENTS_AHEAD, cap / segment - SEGMENTS_IN_USE);
        return WalOptions.defaults()
                .withSegments((int) segment, ahead, cap)
                .withDirectIo(config.wal().directIo());
    }

    static StoreSettings store(BrokerConfig config, DataDirectory directory, int shard) {
        StoreSettings defaults =
                StoreSettings.of(
                        directory.shard(shard).resolve("partitions"),
                        config.disk().reserveBytes() / APPLY_SHARE);
        return new StoreSettings(
                defaults.directory(),
                config.partitions().openLogs(),
                defaults.reserveBytes(),
                defaults.forcesPerSecond(),
                defaults.forceAgeMs(),
                defaults.idleCloseMs());
    }

    static ProducerLimits producers(BrokerConfig config) {
        return new ProducerLimits(
                config.producers().maxPerPartition(), config.producers().expiryMs());
    }

    static SubscriptionLimits subscriptions(BrokerConfig config) {
        SubscriptionLimits defaults = SubscriptionLimits.DEFAULT;
        return new SubscriptionLimits(
                defaults.heartbeatInterval(),
                defaults.stallTimeout(),
                config.memory().subscriptionBufferBytes(),
                config.limits().partitionsPerSubscription());
    }
}
