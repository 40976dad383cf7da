package io.millrace.broker.controller.plan;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.RegisterBroker;
import java.util.HashSet;
import java.util.Set;

/** A broker: whether it runs, its directory, and the map as far as it has heard. */
final class ModelBroker {

    final int node;
    final Set<Long> started = new HashSet<>();
    int directory = 1;
    long startCounter = 1;
    long nonce = 1;
    boolean up = true;
    boolean registered;

    int silentTicks;
    ClusterImage map = ClusterImage.EMPTY;

    ModelBroker(int node) {
        this.node = node;
    }

    RegisterBroker register() {
        return new RegisterBroker(
                new BrokerImage(
                        node,
                        "h" + node + ":7400",
                        "h" + node + ":7401",
                        "h" + node + ":7402",
                        "0.1.0",
                        "rack" + node % 3,
                        node + "/" + directory,
                        startCounter,
                        nonce,
                        5,
                        BrokerState.JOINED),
                silentTicks > 3);
    }

    void crash() {
        up = false;
        registered = false;
        started.clear();
    }

    void restart() {
        up = true;
        startCounter++;
        nonce++;
    }

    void restartEmpty() {
        up = true;
        directory++;
        startCounter = 1;
        nonce++;
    }
}
