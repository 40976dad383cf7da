package io.millrace.raft.wal;

import java.util.HashMap;
import java.util.Map;

class MemoryShardLogTest extends AbstractShardLogContract {

    private final Map<Integer, ShardLog> logs = new HashMap<>();

    @Override
    ShardLog log(int shard) {
        return logs.computeIfAbsent(shard, MemoryShardLog::new);
    }

    @Override
    void reopen() {}
}
