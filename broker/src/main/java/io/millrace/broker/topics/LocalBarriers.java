package io.millrace.broker.topics;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.serving.LocalPartitions.Place;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Waits until the replicas here have all that was acknowledged before. */
public final class LocalBarriers {

    private static final int TIMEOUT_S = 10;

    private LocalBarriers() {}

    /** Passes the read barrier of every shard that the places are on, once each; within 10 s. */
    static CompletableFuture<Void> pass(SortedMap<Integer, Place> places, Redirects redirects) {
        List<LocalShard> shards = places.values().stream().map(Place::shard).distinct().toList();
        CompletableFuture<?>[] barriers =
                shards.stream()
                        .map(shard -> pass(shard, redirects))
                        .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(barriers);
    }

    /** Passes the read barrier of a shard, within 10 s. Fails with a MillraceException. */
    public static CompletableFuture<Void> pass(LocalShard shard, Redirects redirects) {
        int id = shard.shard().id();
        String paused = shard.view().pauseReason();
        if (!paused.isEmpty()) {
            return CompletableFuture.failedFuture(
                    redirects.toLeader(
                            MillraceException.of(
                                    ErrorCode.LEADER_UNAVAILABLE,
                                    "shard %d cannot tell its log end now: %s"
                                            .formatted(id, paused)),
                            id));
        }
        return shard.barriers()
                .pass()
                .copy()
                .orTimeout(TIMEOUT_S, TimeUnit.SECONDS)
                .exceptionallyCompose(
                        e ->
                                CompletableFuture.failedFuture(
                                        redirects.toLeader(
                                                MillraceException.of(
                                                        ErrorCode.LEADER_UNAVAILABLE,
                                                        "the leader of shard %d did not confirm the log"
                                                                        .formatted(id)
                                                                + " end (waited %d s at most); try again"
                                                                        .formatted(TIMEOUT_S)),
                                                id)));
    }
}
