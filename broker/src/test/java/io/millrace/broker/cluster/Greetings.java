package io.millrace.broker.cluster;

import io.millrace.v1.GreetResponse;
import io.millrace.v1.PeerIntroduction;
import java.util.List;

/** Brokers that greet, for tests: node n is at {@code host-n:7401}. */
final class Greetings {

    static final List<String> SEEDS = List.of("host-1:7401", "host-2:7401", "host-3:7401");

    private Greetings() {}

    static Introduction broker(int node, List<String> seeds) {
        return broker(node, "directory-" + node, seeds);
    }

    static Introduction broker(int node, String directory, List<String> seeds) {
        return new Introduction(node, directory, 1, 100 + node, seeds, "0.1.0");
    }

    static Introduction member(int node, String clusterId) {
        Introduction broker = broker(node, SEEDS);
        broker.belongsTo(clusterId);
        return broker;
    }

    static String addressOf(int node) {
        return "host-" + node + ":7401";
    }

    static SeedAnswer answer(int seed, Introduction from) {
        return answer(seed, from.get());
    }

    static SeedAnswer answer(int seed, PeerIntroduction from) {
        return SeedAnswer.of(addressOf(seed), GreetResponse.newBuilder().setPeer(from).build());
    }

    static SeedAnswer silence(int seed) {
        return SeedAnswer.failed(addressOf(seed), "connection refused");
    }
}
