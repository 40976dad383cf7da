package io.millrace.broker;

import io.millrace.broker.cluster.Handshake;
import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.coordinator.CoordinatorContext;
import io.millrace.broker.coordinator.Coordinators;
import io.millrace.broker.coordinator.PartitionLogEnds;
import io.millrace.broker.rpc.GroupRpc;
import io.millrace.broker.serving.LocalPartitions;
import io.millrace.broker.topics.PartitionAdmin;
import io.millrace.protocol.error.MillraceException;
import java.time.Clock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What the broker does for consumer groups, put together. Thread-safe. */
final class BrokerGroups {

    private final Coordinators coordinators;
    private final GroupRpc service;

    BrokerGroups(
            Handshake handshake,
            Controller controller,
            BrokerShards shards,
            LocalPartitions partitions,
            Redirects redirects,
            PartitionAdmin admin,
            BrokerThreads threads,
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
                                nanoTime));
        service = new GroupRpc(coordinators);
        threads.every(Coordinators.TICK.toMillis(), "coordination of groups", coordinators::tick);
    }

    /** The service that clients call. */
    GroupRpc service() {
        return service;
    }

    /** Called with one map after the other. */
    void mapChanged(ClusterImage map) {
        coordinators.mapChanged(map);
    }

    /** Ends the streams of all members: the broker stops. */
    void endAll(MillraceException reason) {
        service.endAll(reason);
    }
}
