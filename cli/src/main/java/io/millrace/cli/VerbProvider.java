package io.millrace.cli;

import java.util.List;

/**
 * Contributes verbs to the {@code millrace} command. Found with {@link java.util.ServiceLoader}: a
 * provider has a public constructor without parameters and is named in {@code
 * META-INF/services/io.millrace.cli.VerbProvider} of its module.
 *
 * <p>A verb is an object whose class carries picocli's {@code @Command} and implements {@code
 * Callable<Integer>}, the exit code ({@link ExitCode}), or is a {@link Group} with subcommands. It
 * declares none of the options that stand before or after every verb (--server, --output, --debug,
 * --help, --version): it reads them from the context when it is called, never earlier. What it
 * refuses it says by throwing {@link CommandException} or {@link
 * io.millrace.protocol.error.MillraceException}: one sentence that names the thing, the limit and
 * the way out.
 */
public interface VerbProvider {
    /**
     * The verb under which these verbs stand, such as {@code cluster}; empty: directly under
     * millrace.
     */
    default String parent() {
        return "";
    }

    /**
     * New command objects, one for each verb. Cheap: it is called at every start of the command,
     * also when another verb is run.
     *
     * @param context what verbs share; filled when the command line has been parsed
     */
    List<Object> verbs(CommandContext context);
}
