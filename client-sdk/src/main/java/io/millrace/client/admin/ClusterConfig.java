package io.millrace.client.admin;

import java.util.Map;

/**
 * The settings of the cluster.
 *
 * @param config those that differ from the default
 * @param effectiveConfig all that are in force, the defaults too
 */
public record ClusterConfig(Map<String, String> config, Map<String, String> effectiveConfig) {}
