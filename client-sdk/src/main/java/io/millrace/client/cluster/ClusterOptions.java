package io.millrace.client.cluster;

import java.time.Duration;

/**
 * Options of a client's connections.
 *
 * @param servers where to ask first
 * @param clientName for the brokers' logs; may be empty
 * @param connectTimeout how long a broker may take to answer a new stream
 */
public record ClusterOptions(ServerList servers, String clientName, Duration connectTimeout) {}
