package io.millrace.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
                            + " round-robin, weighted-round-robin, least-outstanding,"
                            + " least-response-time or client-hash. Default: ${DEFAULT-VALUE}.")
    private Balance balance;

    @Option(
            names = "--weight",
            scope = ScopeType.INHERIT,
            paramLabel = "HOST:PORT=N",
            converter = Weight.Converter.class,
            description =
                    "Give the broker at this address, as the cluster map names it, N times the share"
                            + " of one that is not named, as far as the policy looks at weights; 1 to"
                            + " 100. May be repeated.")
    private List<Weight> weights = List.of();

    @Option(
            names = "--client-name",
            scope = ScopeType.INHERIT,
            paramLabel = "NAME",
            defaultValue = "millrace-cli",
            converter = ClientNameConverter.class,
            description =
                    "What tells this client from others: with client-hash, clients are spread by it."
                            + " Default: ${DEFAULT-VALUE}.")
    private String clientName;

    List<String> servers() {
        return servers.addresses();
    }

    /** What they say about the client; with a policy of its own. */
    ClientSettings client() {
        final Map<String, Integer> byAddress = new LinkedHashMap<>();
        weights.forEach(weight -> byAddress.put(weight.address(), weight.share()));
        return new ClientSettings(
                servers(), clientName, balance.policy(new Random(), clientName), byAddress);
    }

    OutputFormat output() {
        return output;
    }

    boolean debug() {
        return debug;
    }
}
