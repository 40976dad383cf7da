package io.millrace.cli;

import io.millrace.cli.cluster.ClusterGroup;
import io.millrace.cli.dlq.DeadLetterVerbs;
import io.millrace.cli.group.GroupVerbs;
import io.millrace.cli.publish.PublishVerb;
import io.millrace.cli.subscribe.SubscribeVerb;
import io.millrace.cli.topic.TopicGroup;
import io.millrace.client.subscribe.Position;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Parses one command line, runs its verb and turns whatever happens into an exit code and, on
 * stderr, one sentence.
 */
final class CommandRunner {
    private final CommandContext context;
    private final CommandLine commandLine;

    CommandRunner(final CommandContext context, final Iterable<VerbProvider> providers) {
        this.context = context;
        this.commandLine = new CommandLine(new RootCommand(context.options()));
        commandLine.addSubcommand(TopicGroup.assemble(context));
        commandLine.addSubcommand(PublishVerb.assemble(context));
        commandLine.addSubcommand(new SubscribeVerb(context));
        commandLine.addSubcommand(GroupVerbs.assemble(context));
        commandLine.addSubcommand(DeadLetterVerbs.assemble(context));
        commandLine.addSubcommand(ClusterGroup.assemble(context));
        commandLine.addSubcommand(new CompletionVerb(context));
        for (final VerbProvider provider : providers) {
            final CommandLine parent = parent(provider);
            provider.verbs(context).forEach(parent::addSubcommand);
        }
        commandLine
                .registerConverter(Position.class, new PositionConverter(context.clock()))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(context.out(), true))
                .setErr(new PrintWriter(context.err(), true))
                .setExecutionStrategy(CommandRunner::execute)
                .setParameterExceptionHandler((e, args) -> refuse(e))
                .setExecutionExceptionHandler((e, command, parsed) -> fail(e, command, parsed));
    }

    /** Runs one command line. */
    int run(final List<String> arguments) {
        try {
            return commandLine.execute(arguments.toArray(String[]::new));
        } catch (final Error e) {
            // Out of memory, or a class that is missing: picocli passes these on.
            return tell(e, commandLine);
        }
    }

    /**
     * With --help picocli overlooks words that are no verb, so that a script cannot ask for one.
     */
    private static int execute(final ParseResult parsed) {
        for (final CommandLine command : parsed.asCommandLineList()) {
            final List<String> unmatched = command.getParseResult().unmatched();
            if (!unmatched.isEmpty()) {
                throw new UnmatchedArgumentException(command, unmatched);
            }
        }
        return new RunLast().execute(parsed);
    }

    /** The parser, with all verbs. */
    CommandLine commandLine() {
        return commandLine;
    }

    private CommandLine parent(final VerbProvider provider) {
        CommandLine parent = commandLine;
        if (!provider.parent().isEmpty()) {
            for (final String word : provider.parent().split(" ")) {
                parent = parent.getSubcommands().get(word);
                if (parent == null) {
                    throw new IllegalStateException(
                            provider
                                    + " wants to stand under the verb '"
                                    + word
                                    + "': there is none");
                }
            }
        }
        return parent;
    }

    private int refuse(final ParameterException e) {
        final CommandLine command = e.getCommandLine();
        final String name = command.getCommandSpec().qualifiedName();
        final boolean group = command.getCommandSpec().userObject() instanceof Group;
        if (group && !(e instanceof UnmatchedArgumentException)) {
            if (e.getArgSpec() == null) {
                command.usage(command.getErr());
                return ExitCode.USAGE;
            }
        }
        context.err().println(name + ": " + sentence(e, group));
        context.err().println("'" + name + " --help' shows what there is.");
        return ExitCode.USAGE;
    }

    private static String sentence(final ParameterException e, final boolean group) {
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            return e.getMessage();
        }
        final String word = unmatched.getUnmatched().get(0);
        final String what = word.startsWith("-") ? "option" : group ? "verb" : "argument";
        final List<String> similar = unmatched.getSuggestions();
        return "there is no "
                + what
                + " '"
                + word
                + "'"
                + (similar.isEmpty() ? "" : "; did you mean " + String.join(" or ", similar) + "?");
    }

    private int fail(final Exception e, final CommandLine command, final ParseResult parsed) {
        if (isClosedPipe(e)) {
            // Whoever read the output has seen enough; there is nobody to tell.
            return ExitCode.DONE;
        }
        return tell(e, command);
    }

    private int tell(final Throwable e, final CommandLine command) {
        final PrintStream err = context.err();
        if (context.options().debug()) {
            e.printStackTrace(err);
        }
        err.println(command.getCommandSpec().qualifiedName() + ": " + Failure.sentence(e));
        return ExitCode.FAILED;
    }

    /** A connection to a broker can break in the same words, but comes as another exception. */
    private static boolean isClosedPipe(final Throwable e) {
        final Throwable cause = e instanceof UncheckedIOException ? e.getCause() : e;
        return cause instanceof IOException && "Broken pipe".equals(cause.getMessage());
    }
}
