package io.millrace.broker;

import io.millrace.broker.cluster.Handshake;
import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.coordinator.CoordinatorContext;
import io.millrace.broker.coordinator.Coordinators;
import io.millrace.broker.coordinator.PartitionLogEnds;
import io.millrace.broker.groups.GroupAdmin;
import io.millrace.broker.groups.GroupWatch;
import io.millrace.broker.groups.PartitionInspector;
import io.millrace.broker.metrics.BrokerMetrics;
import io.millrace.broker.rpc.BrokerClients;
import io.millrace.broker.rpc.GroupClients;
import io.millrace.broker.rpc.GroupRpc;
import io.millrace.broker.rpc.QueueRpc;
import io.millrace.broker.rpc.SubscribeRpc;
import io.millrace.broker.serving.LocalPartitions;
import io.millrace.broker.topics.PartitionAdmin;
import io.millrace.broker.topics.PlacementReconciler;
import io.millrace.broker.topics.TopicAdmin;
import io.millrace.protocol.error.MillraceException;
import java.time.Clock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What the broker does for consumer groups, put together. Thread-safe. */
final class BrokerGroups {

    private final Coordinators coordinators;
    private final GroupRpc service;
    private final BrokerQueues queues;

    /**
     * @param brokers calls other brokers where clients reach them
     * @param subscriptions the subscriptions of clients
     */
    BrokerGroups(
            Handshake handshake,
            Controller controller,
            BrokerShards shards,
            LocalPartitions partitions,
            Redirects redirects,
            PartitionAdmin admin,
            TopicAdmin topics,
            PlacementReconciler reconciler,
            BrokerClients brokers,
            SubscribeRpc subscriptions,
            BrokerThreads threads,
            BrokerMetrics metrics,
            Clock clock,
            LongSupplier nanoTime) {
        Supplier<ClusterImage> image = controller.images()::current;
        coordinators =
                new Coordinators(
                        new CoordinatorContext(
                                handshake,
                                image,
                                shards.local(),
                                redirects,
                                controller::submit,
                                new PartitionLogEnds(image, partitions, admin),
                                threads.groups(),
                                threads::after,
                                clock,
                                nanoTime,
                                metrics.groups()));
        queues =
                new BrokerQueues(
                        handshake,
                        controller,
                        shards,
                        partitions,
                        redirects,
                        topics,
                        brokers,
                        threads,
                        metrics,
                        clock,
                        nanoTime);
        GroupAdmin administration =
                new GroupAdmin(
                        controller,
                        shards.local(),
                        coordinators,
                        redirects,
                        reconciler,
                        admin,
                        new PartitionInspector(
                                shards.local(),
                                subscriptions::heldBackFilters,
                                queues.control(),
                                threads.reading(),
                                clock),
                        new GroupClients(brokers),
                        threads.reading(),
                        clock);
        service = new GroupRpc(coordinators, administration);
        GroupWatch watch = new GroupWatch(image, administration);
        metrics.watchGroups(watch::readings);
        threads.every(GroupWatch.PERIOD.toMillis(), "lag of groups", watch::look);
        threads.every(Coordinators.TICK.toMillis(), "coordination of groups", coordinators::tick);
    }

    /** The service for members and those who look after groups. */
    GroupRpc service() {
        return service;
    }

    /** The service for those who receive from queues. */
    QueueRpc queueService() {
        return queues.service();
    }

    /** Called with one map after the other. */
    void mapChanged(ClusterImage map) {
        coordinators.mapChanged(map);
        queues.mapChanged(map);
    }

    /** Ends the streams of all members: the broker stops. */
    void endAll(MillraceException reason) {
        service.endAll(reason);
        queues.endAll(reason);
    }
}
