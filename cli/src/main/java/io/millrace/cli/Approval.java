package io.millrace.cli;

import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** The options of a verb that removes data: it shows what it would do and asks. */
public final class Approval {
    @Option(names = "--plan", description = "Only show what would be done.")
    private boolean planOnly;

    @Option(names = "--yes", description = "Do it without asking.")
    private boolean yes;

    /** Whether --plan was given: the verb prints its plan as its result. */
    public boolean isPlanOnly() {
        return planOnly;
    }

    /**
     * Whether to do it: because of --yes, or because a person agrees to the plan.
     *
     * @param plan what to show before asking
     * @throws CommandException if nobody can be asked
     */
    public boolean given(final CommandContext context, final Supplier<?> plan) {
        if (yes) {
            return true;
        }
        context.err().print(plan.get());
        final boolean agreed = context.agreed();
        if (!agreed) {
            context.err().println("Nothing was done.");
        }
        return agreed;
    }
}
