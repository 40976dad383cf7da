package io.millrace.broker.groups;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.cluster.LocalShards;
import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.coordinator.GroupInsight;
import io.millrace.broker.coordinator.LedGroups;
import io.millrace.broker.group.GroupState;
import io.millrace.broker.topics.PlacementReconciler;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/** Finds the way to the coordinator of a group. Thread-safe; no method blocks. */
final class CoordinatorRoute {

    /** How long a group that was just created may take until its shard has it. */
    private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(5);

    private static final int INSIGHT_TIMEOUT_S = 5;

    private final LocalShards shards;
    private final LedGroups led;
    private final Redirects redirects;
    private final PlacementReconciler reconciler;
    private final GroupCatalog catalog;

    CoordinatorRoute(
            LocalShards shards,
            LedGroups led,
            Redirects redirects,
            PlacementReconciler reconciler,
            GroupCatalog catalog) {
        this.shards = shards;
        this.led = led;
        this.redirects = redirects;
        this.reconciler = reconciler;
        this.catalog = catalog;
    }

    /** Whether this broker coordinates a group. */
    boolean isHere(GroupImage group) {
        LocalShard shard = shards.dataShard(group.shard());
        return shard != null && shard.shard().leadingTerm() != 0;
    }

    /** Where another broker coordinates a group, as far as known; empty if not. */
    String address(GroupImage group) {
        return redirects.leaderAddress(group.shard());
    }

    /** Where another broker has a replica of a group, or coordinates it; empty if not known. */
    String replicaAddress(GroupImage group) {
        return redirects.replicaAddress(group.shard());
    }

    /**
     * Has something done by the coordinator.
     *
     * @param forwarded whether another broker asks, so that nobody is asked in turn
     * @param here does it on this broker
     * @param there has it done by the broker at an address
     */
    <T> CompletableFuture<T> go(
            GroupImage group,
            boolean forwarded,
            Supplier<CompletableFuture<T>> here,
            Function<String, CompletableFuture<T>> there) {
        if (isHere(group)) {
            return here.get();
        }
        String address = forwarded ? "" : address(group);
        return address.isEmpty()
                ? CompletableFuture.failedFuture(notHere(group))
                : there.apply(address)
                        .exceptionallyCompose(e -> CompletableFuture.failedFuture(known(e, group)));
    }

    /** That another broker coordinates a group, or nobody. */
    MillraceException notHere(GroupImage group) {
        return redirects.notLeading("group \"" + group.name() + "\"", group.shard());
    }

    /** A broker whose map is older than this one's does not know what is new; that passes. */
    private Throwable known(Throwable failure, GroupImage group) {
        Throwable cause = causeOf(failure);
        boolean unknown =
                cause instanceof MillraceException refused
                        && refused.code() == ErrorCode.UNKNOWN_GROUP;
        return unknown && catalog.isPresent(group)
                ? MillraceException.of(
                        ErrorCode.LEADER_UNAVAILABLE,
                        "group \"%s\" is not ready on its coordinator; try again"
                                .formatted(group.name()))
                : cause;
    }

    /** What the coordinator, which is this broker, knows of a group; within some seconds. */
    CompletableFuture<GroupInsight> insight(GroupImage group) {
        return opened(group)
                .thenCompose(open -> led.insight(group.groupId()))
                .copy()
                .orTimeout(INSIGHT_TIMEOUT_S, TimeUnit.SECONDS)
                .exceptionallyCompose(
                        e ->
                                CompletableFuture.failedFuture(
                                        causeOf(e) instanceof TimeoutException
                                                ? unresponsive(group)
                                                : causeOf(e)));
    }

    private static MillraceException unresponsive(GroupImage group) {
        return MillraceException.of(
                ErrorCode.LEADER_UNAVAILABLE,
                "the coordinator of group \"%s\" said nothing for %d s; try again"
                        .formatted(group.name(), INSIGHT_TIMEOUT_S));
    }

    /** Completes when the shard, which is here, has the group as the map wants it. */
    CompletableFuture<Void> opened(GroupImage group) {
        return isOpen(group)
                ? CompletableFuture.completedFuture(null)
                : reconciler.await(
                        () -> isOpen(group),
                        "the change of group \"" + group.name() + "\"",
                        OPEN_TIMEOUT);
    }

    private boolean isOpen(GroupImage group) {
        return replica(group)
                .filter(state -> state.placementVersion() >= group.placementVersion())
                .isPresent();
    }

    /** A group as far as the replica here knows it; empty if there is none. */
    Optional<GroupState> replica(GroupImage group) {
        LocalShard shard = shards.dataShard(group.shard());
        return shard == null ? Optional.empty() : shard.view().groups().group(group.groupId());
    }

    static Throwable causeOf(Throwable failure) {
        boolean wrapped = failure instanceof CompletionException && failure.getCause() != null;
        return wrapped ? failure.getCause() : failure;
    }
}
