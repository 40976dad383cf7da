package io.millrace.broker.coordinator;

import io.millrace.broker.cluster.Handshake;
import io.millrace.broker.cluster.LocalShards;
import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.CreateGroup;
import io.millrace.broker.controller.GroupImage;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What coordinators need of the broker.
 *
 * @param handshake the checks that every stream begins with
 * @param image the cluster map as known here
 * @param shards the shards of which this broker holds a replica
 * @param redirects says where else to turn to
 * @param create has a group created by the controller, or finds it
 * @param ends says where logs end
 * @param executor runs short tasks that never block
 * @param alarm runs a short task later; not any more once the broker stops
 * @param clock for the time stamps of commits
 * @param nanoTime the monotonic clock
 * @param listener hears what becomes of groups
 */
public record CoordinatorContext(
        Handshake handshake,
        Supplier<ClusterImage> image,
        LocalShards shards,
        Redirects redirects,
        Function<CreateGroup, CompletableFuture<GroupImage>> create,
        LogEnds ends,
        Executor executor,
        BiConsumer<Duration, Runnable> alarm,
        Clock clock,
        LongSupplier nanoTime,
        CoordinationListener listener) {}
