package io.millrace.broker;

import io.millrace.broker.cluster.Handshake;
import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.deadletters.DeadLetterOffice;
import io.millrace.broker.metrics.BrokerMetrics;
import io.millrace.broker.receiving.QueueControl;
import io.millrace.broker.receiving.QueueDrivers;
import io.millrace.broker.receiving.ReceiveContext;
import io.millrace.broker.receiving.ReceiveLimits;
import io.millrace.broker.rpc.BrokerClients;
import io.millrace.broker.rpc.QueueClients;
import io.millrace.broker.rpc.QueueRpc;
import io.millrace.broker.serving.LocalPartitions;
import io.millrace.broker.topics.TopicAdmin;
import io.millrace.protocol.error.MillraceException;
import java.time.Clock;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What the broker does for groups in queue mode, put together. Thread-safe. */
final class BrokerQueues {

    private static final int TICK_MS = 100;

    private final QueueDrivers queues;
    private final QueueRpc service;
    private final BrokerMetrics metrics;
    private Set<String> groupsSeen = Set.of();

    BrokerQueues(
            Handshake handshake,
            Controller controller,
            BrokerShards shards,
            LocalPartitions partitions,
            Redirects redirects,
            TopicAdmin topics,
            BrokerClients brokers,
            BrokerThreads threads,
            BrokerMetrics metrics,
            Clock clock,
            LongSupplier nanoTime) {
        this.metrics = metrics;
        Supplier<ClusterImage> image = controller.images()::current;
        DeadLetterOffice deadLetters =
                new DeadLetterOffice(
                        image,
                        topics::create,
                        partitions,
                        redirects,
                        new QueueClients(brokers),
                        threads.reading(),
                        clock,
                        nanoTime);
        queues =
                new QueueDrivers(
                        image,
                        shards.local(),
                        partitions,
                        redirects,
                        deadLetters.sink(),
                        threads.groups(),
                        threads.reading(),
                        clock,
                        nanoTime,
                        ReceiveLimits.DEFAULT,
                        metrics.queues());
        service =
                new QueueRpc(
                        new ReceiveContext(
                                handshake, queues, clock, nanoTime, ReceiveLimits.DEFAULT),
                        deadLetters.open(queues));
        metrics.watchQueues(queues::readings);
        threads.every(TICK_MS, "leases of queues", queues::tick);
        threads.every(TICK_MS, "receive streams", service::tick);
    }

    /** The service that clients call. */
    QueueRpc service() {
        return service;
    }

    /** What others may ask of the queues led here. */
    QueueControl control() {
        return queues;
    }

    /** Called with one map after the other. */
    void mapChanged(ClusterImage map) {
        queues.imageChanged(map);
        Set<String> present = map.groups().byName().keySet();
        groupsSeen.stream().filter(name -> !present.contains(name)).forEach(metrics::forgetGroup);
        groupsSeen = present;
    }

    /** Ends the streams of all members: the broker stops. */
    void endAll(MillraceException reason) {
        service.endAll(reason);
    }
}
