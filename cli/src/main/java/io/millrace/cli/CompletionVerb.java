package io.millrace.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace completion}. */
@Command(
        name = "completion",
        description = "Print the script that completes millrace's words in a shell.",
        footer = {
            "",
            "Examples:",
            "  source <(millrace completion bash)                   for this shell",
            "  millrace completion zsh >> ~/.zshrc                  for every zsh",
        })
final class CompletionVerb implements Callable<Integer> {
    /** The shells that are served. */
    enum Shell {
        BASH,
        ZSH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final CommandContext context;

    @Spec private CommandSpec spec;

    // One script serves both: under zsh it loads bashcompinit itself.
    @Parameters(paramLabel = "bash|zsh", description = "The shell.")
    private Shell shell;

    CompletionVerb(final CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        final String script = AutoComplete.bash("millrace", spec.root().commandLine());
        new Output(context.out(), OutputFormat.TABLE).print(script, () -> script);
        return ExitCode.DONE;
    }
}
