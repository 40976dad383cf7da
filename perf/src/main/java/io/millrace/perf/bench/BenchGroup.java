package io.millrace.perf.bench;

import io.millrace.cli.CommandContext;
import io.millrace.cli.Group;
import io.millrace.perf.compare.CompareVerb;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code millrace bench}. */
@Command(
        name = "bench",
        description =
                "Measure a cluster that is up, or compare with another system, and verify that nothing"
                        + " gets lost.")
final class BenchGroup implements Group {
    private BenchGroup() {}

    static CommandLine assemble(CommandContext context) {
        return new CommandLine(new BenchGroup())
                .addSubcommand(new PublishBench(context))
                .addSubcommand(new SubscribeBench(context))
                .addSubcommand(new EndToEndBench(context))
                .addSubcommand(new CompareVerb(context));
    }
}
