package io.millrace.client.choice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/** The numbers of docs/reference/load-balancing.md: the table is printed as it stands there. */
class SlowBrokerTest {
    private static final long SEED = 20_261_122;
    private static final String WEIGHTED = "weighted round robin, 1:20:20";

    @Test
    void shouldKeepTheSlowBrokerFromBeingFelt() {
        Map<String, BiFunction<Integer, Random, ChoicePolicy>> policies = new LinkedHashMap<>();
        policies.put("round robin", (client, random) -> ChoicePolicy.roundRobin(random));
        policies.put(WEIGHTED, (client, random) -> ChoicePolicy.weightedRoundRobin());
        policies.put(
                "least outstanding", (client, random) -> ChoicePolicy.leastOutstanding(random));
        policies.put(
                "least response time", (client, random) -> ChoicePolicy.leastResponseTime(random));
        policies.put("client hash", (client, random) -> ChoicePolicy.clientHash("c" + client));
        policies.put("adaptive", (client, random) -> ChoicePolicy.adaptive(random));
        Map<String, SlowBrokerSimulation.Result> results = new LinkedHashMap<>();
        StringBuilder table = new StringBuilder("seed " + SEED + "\n");
        policies.forEach(
                (name, policy) -> {
                    SlowBrokerSimulation.Result slow =
                            SlowBrokerSimulation.run(SEED, true, weights(name), policy);
                    SlowBrokerSimulation.Result well =
                            SlowBrokerSimulation.run(SEED, false, weights(name), policy);
                    results.put(name, slow);
                    table.append(
                            String.format(
                                    Locale.ROOT,
                                    "| %s | %.1f | %.1f | %.1f | %.1f %% | %.1f |%n",
                                    name,
                                    slow.p50(),
                                    slow.p99(),
                                    slow.p999(),
                                    slow.slowShare() * 100,
                                    well.p99()));
                });
        System.out.println(table);
        SlowBrokerSimulation.Result adaptive = results.get("adaptive");
        assertThat(adaptive.p99()).as("%s", table).isLessThan(10);
        assertThat(adaptive.p99() * 5).as("%s", table).isLessThan(results.get("round robin").p99());
        assertThat(adaptive.p99())
                .as("%s", table)
                .isLessThan(results.get("least outstanding").p99());
        assertThat(adaptive.slowShare()).as("%s", table).isBetween(0.0, 0.02);
    }

    private static ToIntFunction<String> weights(String name) {
        return broker -> name.equals(WEIGHTED) && !broker.equals("b0") ? 20 : 1;
    }
}
