package io.millrace.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Writes the reference page of all verbs on the class path, from what the parser itself knows. */
public final class CommandReference {
    private static final String INTRODUCTION =
            """
            # The command

            This page is generated from the verbs' classes; a test keeps the two equal.

            `millrace VERB [OPTIONS]`: data goes to stdout, talk to stderr. The exit code is 0 when
            it is done, 1 when it was refused or failed, 2 when the command line cannot be parsed.
            `millrace VERB --help` shows the same as this page. How the launcher finds Java and
            what it reads from the environment: [running Millrace](../operating/running.md).

            Scripts may rely on verbs, options, exit codes and on what `--output json` prints;
            tables are for people and may change.

            ## Options of every verb

            They may stand before or after the verb.

            """;

    private final StringBuilder page = new StringBuilder(INTRODUCTION);

    private CommandReference() {}

    /** The page, in Markdown. */
    public static String page() {
        final CommandReference reference = new CommandReference();
        reference.write(root());
        return reference.page.toString();
    }

    private static CommandLine root() {
        final Console nowhere =
                new Console(
                        InputStream.nullInputStream(),
                        OutputStream.nullOutputStream(),
                        new PrintStream(
                                OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                        Console.Terminal.NONE);
        final Clients none =
                (settings, timeout) -> {
                    throw new IllegalStateException("no verb is run here");
                };
        final CommandContext context =
                new CommandContext(nowhere, none, Clock.systemUTC(), System::nanoTime, nanos -> {});
        return new CommandRunner(context, ServiceLoader.load(VerbProvider.class)).commandLine();
    }

    private void write(final CommandLine root) {
        table("option", root.getCommandSpec().options().stream());
        page.append("\n## Verbs\n\n");
        final List<CommandSpec> verbs = new ArrayList<>();
        collect(root, verbs);
        for (final CommandSpec verb : verbs) {
            final String name = verb.qualifiedName();
            page.append("- [").append(name).append("](#");
            page.append(name.replace(' ', '-')).append("): ");
            page.append(first(verb.usageMessage().description())).append('\n');
        }
        verbs.forEach(this::write);
    }

    /** Verbs that do something, those of groups after one another. */
    private static void collect(final CommandLine command, final List<CommandSpec> into) {
        for (final CommandLine child : command.getSubcommands().values()) {
            if (child.getCommandSpec().usageMessage().hidden()) {
                continue;
            }
            if (child.getSubcommands().isEmpty()) {
                into.add(child.getCommandSpec());
            }
            collect(child, into);
        }
    }

    private void write(final CommandSpec verb) {
        page.append("\n## ").append(verb.qualifiedName()).append("\n\n");
        page.append(prose(verb.usageMessage().description())).append("\n");
        final List<PositionalParamSpec> arguments = verb.positionalParameters();
        if (!arguments.isEmpty()) {
            page.append('\n');
            table("argument", arguments.stream());
        }
        final List<OptionSpec> own =
                verb.options().stream()
                        .filter(option -> !option.inherited())
                        .filter(option -> !option.usageHelp() && !option.versionHelp())
                        .toList();
        if (!own.isEmpty()) {
            page.append('\n');
            table("option", own.stream());
        }
        final String footer = String.join("\n", lines(verb.usageMessage().footer())).strip();
        if (!footer.isEmpty()) {
            page.append("\n```\n").append(footer).append("\n```\n");
        }
    }

    private void table(final String what, final Stream<? extends ArgSpec> rows) {
        page.append("| ").append(what).append(" | meaning |\n|---|---|\n");
        rows.filter(row -> !row.hidden())
                .forEach(
                        row ->
                                page.append("| ")
                                        .append(code(name(row)))
                                        .append(" | ")
                                        .append(prose(row.description()))
                                        .append(required(row))
                                        .append(" |\n"));
    }

    private static String required(final ArgSpec row) {
        return row.isOption() && row.required() ? " Required." : "";
    }

    private static String name(final ArgSpec row) {
        if (!(row instanceof OptionSpec option)) {
            return row.paramLabel();
        }
        final boolean takesValue = option.arity().max() > 0;
        return String.join(", ", option.names()) + (takesValue ? "=" + option.paramLabel() : "");
    }

    private static String code(final String text) {
        return "`" + text.replace("|", "\\|") + "`";
    }

    private static String prose(final String... lines) {
        return Stream.of(lines(lines))
                .map(line -> line.strip().replace("|", "\\|"))
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining(" "));
    }

    /** As the help prints them: without picocli's own escapes. */
    private static String[] lines(final String... lines) {
        return Stream.of(lines)
                .map(line -> Ansi.OFF.string(line.replace("%n", "\n").replace("%%", "%")))
                .toArray(String[]::new);
    }

    private static String first(final String... lines) {
        return Optional.of(lines)
                .filter(all -> all.length > 0)
                .map(all -> prose(all[0]))
                .orElse("");
    }
}
