package io.millrace.client.cluster;

import io.millrace.client.choice.ChoicePolicy;
import java.time.Duration;
import java.util.Map;

/**
 * Options of a client's connections.
 *
 * @param servers where to ask first
 * @param clientName for the brokers' logs; may be empty
 * @param connectTimeout how long a broker may take to answer a new stream
 * @param policy chooses among brokers that could do the same
 * @param weights the weights of brokers by host:port; 1 for those that are not named
 */
public record ClusterOptions(
        ServerList servers,
        String clientName,
        Duration connectTimeout,
        ChoicePolicy policy,
        Map<String, Integer> weights) {
    public ClusterOptions {
        weights = Map.copyOf(weights);
    }

    /** The weight of the broker at an address. */
    public int weight(String address) {
        return weights.getOrDefault(address, 1);
    }
}
