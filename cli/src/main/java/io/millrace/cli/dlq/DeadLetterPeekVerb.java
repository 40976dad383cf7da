package io.millrace.cli.dlq;

import io.millrace.cli.CommandContext;
import io.millrace.cli.CommandException;
import io.millrace.cli.CountConverter;
import io.millrace.cli.ExitCode;
import io.millrace.cli.GroupCall;
import io.millrace.client.admin.group.DeadLetter;
import io.millrace.client.admin.group.DeadLetterName;
import io.millrace.client.admin.group.GroupAdmin;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace dlq peek}. */
@Command(
        name = "peek",
        description = {
            "Show dead letters of a group with key, headers, the start of the value, and the reason.",
            "Control characters and what is not UTF-8 stand as \\xNN; with --output json what is not"
                    + " UTF-8 comes as base64.",
        },
        footer = {
            "",
            "Examples:",
            "  millrace dlq peek mails",
            "  millrace dlq peek mails 0:42 0:43",
        })
final class DeadLetterPeekVerb extends GroupCall {
    @Parameters(index = "0", paramLabel = "GROUP", description = "Its name.")
    private String name;

    @Parameters(
            index = "1..*",
            paramLabel = "NAME",
            description = "Which, as 'dlq list' names them. Default: the oldest.")
    private Set<DeadLetterName> names = new LinkedHashSet<>();

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "10",
            converter = CountConverter.class,
            description = "How many of the oldest to show at most. Default: ${DEFAULT-VALUE}.")
    private int count;

    DeadLetterPeekVerb(final CommandContext context) {
        super(context);
    }

    @Override
    protected int run(final GroupAdmin groups) {
        final DeadLetters letters = new DeadLetters(groups, name);
        final List<DeadLetter> found =
                names.isEmpty() ? letters.oldest(count).found() : letters.named(names);
        context()
                .output()
                .print(
                        found.stream().map(DeadLetterText::json).toList(),
                        () ->
                                found.stream()
                                        .map(DeadLetterText::lines)
                                        .collect(Collectors.joining("\n")));
        found.forEach(it -> names.remove(it.name()));
        if (!names.isEmpty()) {
            throw new CommandException(
                    "group "
                            + name
                            + " has no dead letter "
                            + names.iterator().next()
                            + " (any more); 'millrace dlq list "
                            + name
                            + "' shows all");
        }
        return ExitCode.DONE;
    }
}
