package io.millrace.broker.controller;

import java.util.ArrayList;
import java.util.List;

/** Clusters to begin a test with. */
final class Clusters {

    static final String ID = "test-cluster";

    private Clusters() {}

    /** A formed cluster whose brokers have all registered . */
    static ControllerState formed(int brokers, int shardsPerBroker) {
        List<Integer> nodes = new ArrayList<>();
        for (int node = 1; node <= brokers; node++) {
            nodes.add(node);
        }
        ControllerState state =
                new FormCluster(ID, nodes, shardsPerBroker).applyTo(ControllerState.EMPTY).next();
        for (int node : nodes) {
            state = new RegisterBroker(broker(node, 1), false).applyTo(state).next();
        }
        return state;
    }

    static BrokerImage broker(int node, long startCounter) {
        return broker(node, "directory" + node, startCounter, 7);
    }

    static BrokerImage broker(int node, String directoryId, long startCounter, long nonce) {
        return new BrokerImage(
                node,
                "host" + node + ":7400",
                "host" + node + ":7401",
                "host" + node + ":7402",
                "0.1.0",
                "",
                directoryId,
                startCounter,
                nonce,
                42,
                BrokerState.JOINED);
    }
}
