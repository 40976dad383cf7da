package io.millrace.tests.groups;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a member is told on its command line.
 *
 * @param directory where its history goes
 * @param name its name in the history
 * @param servers the brokers
 * @param group the group
 * @param topic what to follow
 * @param queue whether the group is in queue mode
 * @param lease how long it may be silent
 */
record MemberTerms(
        Path directory,
        String name,
        String servers,
        String group,
        String topic,
        boolean queue,
        Duration lease) {

    MemberTerms named(String other) {
        return new MemberTerms(directory, other, servers, group, topic, queue, lease);
    }

    List<String> arguments() {
        return List.of(
                "directory=" + directory,
                "name=" + name,
                "servers=" + servers,
                "group=" + group,
                "topic=" + topic,
                "queue=" + queue,
                "lease=" + lease);
    }

    static MemberTerms of(String[] arguments) {
        Map<String, String> given = new HashMap<>();
        for (String argument : arguments) {
            int at = argument.indexOf('=');
            given.put(argument.substring(0, at), argument.substring(at + 1));
        }
        return new MemberTerms(
                Path.of(given.get("directory")),
                given.get("name"),
                given.get("servers"),
                given.get("group"),
                given.get("topic"),
                Boolean.parseBoolean(given.get("queue")),
                Duration.parse(given.get("lease")));
    }
}
