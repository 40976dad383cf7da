package io.millrace.broker.shard;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the listeners of a data shard what becomes of it. Thread-safe. */
final class ShardEvents {

    private static final Logger LOG = LoggerFactory.getLogger(ShardEvents.class);

    private final int shardId;
    private final List<DataShardListener> listeners = new CopyOnWriteArrayList<>();

    ShardEvents(int shardId) {
        this.shardId = shardId;
    }

    void add(DataShardListener listener) {
        listeners.add(listener);
    }

    void remove(DataShardListener listener) {
        listeners.remove(listener);
    }

    void tell(Consumer<DataShardListener> event) {
        for (DataShardListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException e) {
                // An exception here would stop the shard for what is no fault of its state.
                LOG.error("Shard {}: a listener threw", shardId, e);
            }
        }
    }
}
