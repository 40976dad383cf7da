package io.millrace.cli.dlq;

import io.millrace.client.admin.group.DeadLetterName;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Which dead letters a verb is about: of a group some by their names, or all that there are. */
final class DeadLetterChoice {
    @Parameters(index = "0", paramLabel = "GROUP", description = "Its name.")
    private String group;

    @Parameters(
            index = "1..*",
            paramLabel = "NAME",
            description = "Which, as 'dlq list' names them.")
    private Set<DeadLetterName> names = new LinkedHashSet<>();

    @Option(names = "--all", description = "All that the group has now.")
    private boolean all;

    String group() {
        return group;
    }

    /**
     * The names.
     *
     * @throws ParameterException unless either names or --all was given
     */
    List<DeadLetterName> of(final DeadLetters letters, final CommandSpec spec) {
        if (all != names.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "say which: NAME as 'dlq list' shows it, or --all");
        }
        return all ? letters.names() : List.copyOf(names);
    }
}
