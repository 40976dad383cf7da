package io.millrace.raft.wal;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Records of one shard on their way to the disk. */
final class WalRequest {

    private final WalShard shard;
    private final List<WalRecord> records;
    private final long bytes;
    private final CompletableFuture<Void> outcome = new CompletableFuture<>();

    WalRequest(WalShard shard, List<WalRecord> records) {
        this.shard = shard;
        this.records = records;
        this.bytes = records.stream().mapToLong(WalRecord::bytes).sum();
    }

    WalShard shard() {
        return shard;
    }

    List<WalRecord> records() {
        return records;
    }

    long bytes() {
        return bytes;
    }

    void complete() {
        outcome.complete(null);
    }

    void fail(WalFailedException reason) {
        outcome.completeExceptionally(reason);
    }

    /** Waits, whatever interrupts, until all records are forced or will never be. */
    void await() {
        try {
            outcome.join();
        } catch (CompletionException e) {
            throw new WalFailedException(e.getCause().getMessage(), e.getCause());
        }
    }
}
