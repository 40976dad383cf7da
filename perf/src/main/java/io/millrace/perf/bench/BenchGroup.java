package io.millrace.perf.bench;

import io.millrace.cli.CommandContext;
import io.millrace.cli.Group;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code millrace bench}. */
@Command(
        name = "bench",
        description = "Measure a cluster that is up, and verify that nothing gets lost.")
final class BenchGroup implements Group {
    private BenchGroup() {}

    static CommandLine assemble(CommandContext context) {
        return new CommandLine(new BenchGroup())
                .addSubcommand(new PublishBench(context))
                .addSubcommand(new SubscribeBench(context))
                .addSubcommand(new EndToEndBench(context));
    }
}
