package io.millrace.cli;

import io.millrace.client.choice.ChoicePolicy;
import java.util.List;
import java.util.Map;

/**
 * What the options of every verb say about the client.
 *
 * @param servers the brokers to try first, host:port each, at least one
 * @param name what tells the client from others
 * @param balance how it chooses among brokers and partitions
 * @param weights of brokers, by host:port
 */
record ClientSettings(
        List<String> servers, String name, ChoicePolicy balance, Map<String, Integer> weights) {
    ClientSettings {
        servers = List.copyOf(servers);
        weights = Map.copyOf(weights);
    }
}
