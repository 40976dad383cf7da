package io.millrace.broker;

import io.millrace.broker.shard.DataShardListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hears what cannot be left to a shard alone: that it pauses, fails, or is lost. Thread-safe. */
final class ReplicaWatch {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaWatch.class);

    private final Map<Integer, String> lost = new ConcurrentHashMap<>();
    private final Runnable writeFailed;
    private final Consumer<String> fatal;
    private volatile boolean closing;

    /**
     * @param writeFailed hears that the disk took a write no more
     * @param fatal hears why the broker cannot go on
     */
    ReplicaWatch(Runnable writeFailed, Consumer<String> fatal) {
        this.writeFailed = writeFailed;
        this.fatal = fatal;
    }

    /** From now on shards fail because they are told to stop. */
    void closing() {
        closing = true;
    }

    /** The replica of a shard must be rebuilt. */
    void lost(int shard, String reason) {
        lost.putIfAbsent(shard, reason);
    }

    /** Why the replica of a shard must be rebuilt; empty if it need not. */
    String lostReason(int shard) {
        return lost.getOrDefault(shard, "");
    }

    /** The replica is no more. */
    void forget(int shard) {
        lost.remove(shard);
    }

    /** Listens to one shard. */
    DataShardListener of(int shard) {
        return new DataShardListener() {
            @Override
            public void applyPaused(String reason) {
                LOG.warn("shard {} applies nothing for now: {}", shard, reason);
                writeFailed.run();
            }

            @Override
            public void applyResumed() {
                LOG.info("shard {} goes on applying", shard);
            }

            @Override
            public void failed(String reason) {
                if (closing) {
                    // It was told to stop while it waited for disk space: nothing is lost by that.
                    LOG.info("shard {} stopped before it had applied its log: {}", shard, reason);
                } else if (!lost.containsKey(shard)) {
                    fatal.accept("shard " + shard + " failed: " + reason);
                }
            }
        };
    }
}
