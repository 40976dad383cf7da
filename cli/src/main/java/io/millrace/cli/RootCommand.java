package io.millrace.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ScopeType;

/** What stands before every verb. */
@Command(
        name = "millrace",
        scope = ScopeType.INHERIT,
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "VERB",
        commandListHeading = "%nVerbs:%n",
        optionListHeading = "%nOptions:%n",
        parameterListHeading = "%n",
        descriptionHeading = "%n",
        description = {
            "A message broker whose acknowledged records are fsynced on a majority.",
            "",
            "Data goes to stdout, talk to stderr. Exit codes: 0 done, 1 refused or failed,"
                    + " 2 a command line that cannot be parsed.",
        })
final class RootCommand implements Group {
    @Mixin private final GlobalOptions options;

    RootCommand(final GlobalOptions options) {
        this.options = options;
    }

    GlobalOptions options() {
        return options;
    }
}
