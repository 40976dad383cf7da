package io.millrace.cli.topic;

import io.millrace.cli.CommandContext;
import io.millrace.client.admin.Admin;
import io.millrace.client.admin.TopicInfo;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** What the verbs on topics share. */
abstract class TopicVerb implements Callable<Integer> {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private final CommandContext context;

    TopicVerb(final CommandContext context) {
        this.context = context;
    }

    @Override
    public final Integer call() {
        return context.withAdmin(REQUEST_TIMEOUT, this::run);
    }

    /** Does the work; gives the exit code. */
    abstract int run(Admin admin);

    final CommandContext context() {
        return context;
    }

    /** One line about a topic. */
    static String sentence(final String verb, final TopicInfo topic) {
        return verb
                + " topic "
                + topic.name()
                + ": "
                + count(topic.partitions(), "partition")
                + ", "
                + count(topic.replicas(), "replica")
                + (topic.config().isEmpty() ? "" : ", " + settings(topic.config()));
    }

    static String count(final long number, final String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    static String settings(final Map<String, String> config) {
        return new TreeMap<>(config)
                .entrySet().stream()
                        .map(it -> it.getKey() + "=" + it.getValue())
                        .collect(Collectors.joining(" "));
    }
}
