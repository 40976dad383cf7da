package io.millrace.cli;

import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that stand before or after every verb. */
final class GlobalOptions {
    @Option(
            names = "--server",
            scope = ScopeType.INHERIT,
            paramLabel = "HOST:PORT",
            defaultValue = "${env:MILLRACE_SERVER:-127.0.0.1:7400}",
            converter = ServerListConverter.class,
            description =
                    "Brokers to ask first, with commas between; the others are found through them."
                            + " Default: MILLRACE_SERVER, else 127.0.0.1:7400.")
    private ServerList servers;

    @Option(
            names = {"-o", "--output"},
            scope = ScopeType.INHERIT,
            paramLabel = "table|json",
            defaultValue = "table",
            description = "How data is printed. Default: ${DEFAULT-VALUE}.")
    private OutputFormat output;

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "Show where an error comes from, and what the libraries log.")
    private boolean debug;

    @Option(
            names = "--balance",
            scope = ScopeType.INHERIT,
            paramLabel = "POLICY",
            defaultValue = "adaptive",
            converter = Balance.Converter.class,
            description =
                    "How to choose among brokers and partitions that could do the same: adaptive,"
                            + " round-robin, least-outstanding or least-response-time. Default:"
                            + " ${DEFAULT-VALUE}.")
    private Balance balance;

    Balance balance() {
        return balance;
    }

    List<String> servers() {
        return servers.addresses();
    }

    OutputFormat output() {
        return output;
    }

    boolean debug() {
        return debug;
    }
}
