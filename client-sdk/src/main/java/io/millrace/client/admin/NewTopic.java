package io.millrace.client.admin;

import io.millrace.protocol.TopicName;
import java.util.Map;

/**
 * A topic to be created.
 *
 * @param name {@code [A-Za-z0-9._-]{1,249}}, neither "." nor ".."
 * @param partitions 1 to 10,000; 0: 1
 * @param replicas 1 to the number of brokers; 0: the smaller of 3 and the number of brokers
 * @param config settings by name, as in docs/reference/topic-config.md
 */
public record NewTopic(String name, int partitions, int replicas, Map<String, String> config) {
    public NewTopic {
        TopicName.check(name);
        if (partitions < 0 || replicas < 0) {
            throw new IllegalArgumentException(
                    "partitions and replicas are 0 (default) or more; given were "
                            + partitions
                            + " and "
                            + replicas);
        }
        config = Map.copyOf(config);
    }

    /** A topic with the default number of replicas and settings. */
    public NewTopic(String name, int partitions) {
        this(name, partitions, 0, Map.of());
    }
}
