package io.millrace.client.admin.group;

import java.util.Map;

/**
 * A group and its settings.
 *
 * @param group the group
 * @param config all settings in force, the defaults too
 */
public record GroupSettings(GroupInfo group, Map<String, String> config) {}
