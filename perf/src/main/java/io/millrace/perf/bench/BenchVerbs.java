package io.millrace.perf.bench;

import io.millrace.cli.CommandContext;
import io.millrace.cli.VerbProvider;
import java.util.List;

/** The verb {@code bench} with those below it, found through the service loader. */
public final class BenchVerbs implements VerbProvider {
    @Override
    public List<Object> verbs(CommandContext context) {
        return List.of(BenchGroup.assemble(context));
    }
}
