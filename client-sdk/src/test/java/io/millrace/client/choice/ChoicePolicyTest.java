package io.millrace.client.choice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChoicePolicyTest {
    private static final long MS = 1_000_000;

    @Test
    void shouldTakeTurns() {
        ChoicePolicy policy = ChoicePolicy.roundRobin(new Random(1));
        assertThat(counts(policy, List.of(idle("a"), idle("b"), idle("c")), 300))
                .isEqualTo(Map.of("a", 100, "b", 100, "c", 100));
    }

    @Test
    void shouldTakeTurnsByWeightAndInterleaveThem() {
        ChoicePolicy policy = ChoicePolicy.weightedRoundRobin();
        List<Candidate> candidates = List.of(new Candidate("a", 0, 0, 0, 5), idle("b"), idle("c"));
        List<String> first = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            first.add(candidates.get(policy.choose(candidates)).id());
        }
        assertThat(String.join("", first)).isEqualTo("aabacaa");
        assertThat(counts(policy, candidates, 700)).isEqualTo(Map.of("a", 500, "b", 100, "c", 100));
    }

    @Test
    void shouldChooseWhoHasLeastToDo() {
        ChoicePolicy policy = ChoicePolicy.leastOutstanding(new Random(1));
        assertThat(policy.choose(List.of(at("a", 3, 1), at("b", 2, 9), at("c", 4, 1)))).isOne();
        List<Candidate> weighted = List.of(at("a", 3, 1), new Candidate("b", 5, 1, 0, 2));
        assertThat(policy.choose(weighted)).isOne();
        assertThat(counts(policy, List.of(idle("a"), idle("b")), 1_000).get("a"))
                .isBetween(400, 600);
    }

    @Test
    void shouldChooseWhoHasAnsweredFastest() {
        ChoicePolicy policy = ChoicePolicy.leastResponseTime(new Random(1));
        assertThat(policy.choose(List.of(at("a", 0, 5), at("b", 9, 2), at("c", 0, 4)))).isOne();
        assertThat(policy.choose(List.of(at("a", 0, 5), at("b", 9, 2), at("new", 0, 0))))
                .isEqualTo(2);
    }

    @Test
    void shouldStayWithABrokerAndMoveFewClientsWhenOneGoes() {
        List<Candidate> three = List.of(idle("a"), idle("b"), idle("c"));
        List<Candidate> two = List.of(idle("a"), idle("c"));
        Map<String, Integer> homes = new HashMap<>();
        for (int client = 0; client < 900; client++) {
            ChoicePolicy policy = ChoicePolicy.clientHash("client-" + client);
            String home = three.get(policy.choose(three)).id();
            assertThat(three.get(policy.choose(three)).id()).isEqualTo(home);
            homes.merge(home, 1, Integer::sum);
            if (!home.equals("b")) {
                assertThat(two.get(policy.choose(two)).id()).isEqualTo(home);
            }
        }
        assertThat(homes.values()).allMatch(count -> count > 240 && count < 360);
    }

    @Test
    void shouldPreferTheBetterOfTwoButSpareNobodyThatIsAsGood() {
        ChoicePolicy policy = ChoicePolicy.adaptive(new Random(1));
        List<Candidate> candidates = List.of(at("a", 2, 1), at("slow", 2, 20), at("b", 2, 1));
        Map<String, Integer> counts = counts(policy, candidates, 1_000);
        assertThat(counts).doesNotContainKey("slow");
        assertThat(counts.get("a")).isBetween(400, 600);
    }

    @Test
    void shouldAvoidTheManyPartitionsOfOneSlowBroker() {
        ChoicePolicy policy = ChoicePolicy.adaptive(new Random(1));
        List<Candidate> candidates =
                IntStream.range(0, 12)
                        .mapToObj(
                                number ->
                                        at(
                                                (number % 3 == 0 ? "slow/" : "good/") + number,
                                                2,
                                                number % 3 == 0 ? 20 : 1))
                        .toList();
        Map<String, Integer> counts = counts(policy, candidates, 8_000);
        int slow =
                counts.entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith("slow"))
                        .mapToInt(Map.Entry::getValue)
                        .sum();
        // All four compared are slow: 4 of 12 over 4, 1 in 495. Of two it would be 1 in 11.
        assertThat(slow).isLessThan(50);
        assertThat(counts.entrySet())
                .filteredOn(entry -> entry.getKey().startsWith("good"))
                .hasSize(8)
                .allSatisfy(entry -> assertThat(entry.getValue()).isBetween(850, 1_150));
    }

    @Test
    void shouldPassOverThoseThatFailAmongThousands() {
        for (ChoicePolicy policy :
                List.of(
                        ChoicePolicy.adaptive(new Random(1)),
                        ChoicePolicy.leastOutstanding(new Random(1)),
                        ChoicePolicy.leastResponseTime(new Random(1)))) {
            List<Candidate> candidates =
                    IntStream.range(0, 1_000)
                            .mapToObj(i -> new Candidate("p" + i, 0, MS, i % 3 == 0 ? 1 : 0, 1))
                            .toList();
            for (int i = 0; i < 500; i++) {
                assertThat(candidates.get(policy.choose(candidates)).failures()).isZero();
            }
        }
    }

    private static Map<String, Integer> counts(
            ChoicePolicy policy, List<Candidate> candidates, int times) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < times; i++) {
            counts.merge(candidates.get(policy.choose(candidates)).id(), 1, Integer::sum);
        }
        return counts;
    }

    private static Candidate idle(String id) {
        return at(id, 0, 0);
    }

    private static Candidate at(String id, int outstanding, long responseMs) {
        return new Candidate(id, outstanding, responseMs * MS, 0, 1);
    }
}
