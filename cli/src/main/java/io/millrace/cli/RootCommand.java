package io.millrace.cli;

import picocli.CommandLine.Command;

/** What stands before every verb. */
@Command(
        name = "millrace",
        description = "A message broker whose acknowledged records are fsynced on a majority.",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true)
final class RootCommand {}
