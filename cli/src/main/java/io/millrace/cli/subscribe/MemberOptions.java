package io.millrace.cli.subscribe;

import io.millrace.client.group.StartPolicy;
import io.millrace.client.subscribe.Position;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What makes a subscriber the member of a group. */
final class MemberOptions {
    @Option(
            names = "--group",
            paramLabel = "GROUP",
            description =
                    "Share the records with the other members of this group, which is created if it"
                            + " is not there. Only what stdout has taken is committed.")
    private String group;

    @Option(
            names = "--queue",
            description =
                    "With --group: in queue mode, where records and not partitions are shared out."
                            + " Only what stdout has taken is acknowledged.")
    private boolean queue;

    @Option(
            names = "--instance",
            paramLabel = "ID",
            description =
                    "With --group: a name of this member that survives restarts. Who joins with it"
                            + " takes over what the former one had; A-Z a-z 0-9 . _ -, at most 100.")
    private String instance;

    boolean isQueue() {
        return queue;
    }

    /** The name that survives restarts; null: none. */
    String instance() {
        return instance;
    }

    /** The group; null: none. */
    String group() {
        return group;
    }

    /** Where a group begins that has committed nothing. */
    static StartPolicy start(final Position from) {
        return from == Position.earliest() ? StartPolicy.EARLIEST : StartPolicy.LATEST;
    }

    /**
     * Refuses what makes no sense together.
     *
     * @param from null: not given
     */
    void check(
            final CommandSpec spec,
            final TopicChoice topics,
            final Position from,
            final boolean partitions,
            final boolean filter,
            final boolean onGap,
            final boolean reads) {
        if (group == null) {
            refuse(queue, spec, "--queue needs --group: it says how its members share");
            refuse(instance != null, spec, "--instance needs --group: it names one of its members");
            refuse(topics.hasPatterns(), spec, "topics by pattern need --group");
            refuse(
                    partitions && topics.names().size() > 1,
                    spec,
                    "--partition needs a single TOPIC that it is of");
            return;
        }
        refuse(
                instance != null && !instance.matches("[A-Za-z0-9._-]{1,100}"),
                spec,
                "--instance matches [A-Za-z0-9._-]{1,100}; this one does not");
        refuse(
                partitions,
                spec,
                "--partition and --group exclude each other: the group gives each member its"
                        + " partitions");
        refuse(
                reads,
                spec,
                "--consistency, --after, --max-staleness and --read-from do not go with --group:"
                        + " members read from the leaders");
        if (queue) {
            refuse(
                    from != null,
                    spec,
                    "--from does not go with --queue: where a group in queue mode begins is its"
                            + " setting start ('millrace group set')");
            refuse(
                    filter,
                    spec,
                    "--filter does not go with --queue: the filter of a group in queue mode is its"
                            + " setting filter ('millrace group set')");
            refuse(onGap, spec, "--on-gap does not go with --queue: what is gone is not delivered");
            refuse(
                    instance != null,
                    spec,
                    "--instance does not go with --queue: there are no partitions to keep");
        }
        refuse(
                from instanceof Position.AtOffset || from instanceof Position.AtTime,
                spec,
                "with --group, --from is earliest or latest: where to begin if nothing is committed;"
                        + " 'millrace group seek' moves a group");
    }

    private static void refuse(final boolean wrong, final CommandSpec spec, final String why) {
        if (wrong) {
            throw new ParameterException(spec.commandLine(), why);
        }
    }
}
