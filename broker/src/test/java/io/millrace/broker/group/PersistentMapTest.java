package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class PersistentMapTest {

    @Test
    void shouldBeAsASortedMapAndKeepItsFormerSelves() {
        long seed = new Random().nextInt(1_000_000);
        Random random = new Random(seed);
        PersistentMap<Integer, Integer> map = PersistentMap.empty();
        Map<Integer, Integer> model = new TreeMap<>();
        List<PersistentMap<Integer, Integer>> formers = new ArrayList<>();
        List<Map<Integer, Integer>> formerModels = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            int key = random.nextInt(300);
            if (random.nextInt(5) < 3) {
                map = map.with(key, i);
                model.put(key, i);
            } else {
                map = map.without(key);
                model.remove(key);
            }
            assertThat(map.get(key)).as("seed %d", seed).isEqualTo(model.get(key));
            assertThat(map.size()).as("seed %d", seed).isEqualTo(model.size());
            if (i % 500 == 0) {
                formers.add(map);
                formerModels.add(new TreeMap<>(model));
            }
        }
        formers.add(map);
        formerModels.add(model);
        for (int i = 0; i < formers.size(); i++) {
            assertThat(formers.get(i)).as("seed %d", seed).isEqualTo(formerModels.get(i));
            assertThat(List.copyOf(formers.get(i).keySet()))
                    .as("seed %d", seed)
                    .isEqualTo(List.copyOf(formerModels.get(i).keySet()));
        }
    }

    @Test
    void shouldStayTheSameWhenNothingChanges() {
        PersistentMap<String, Integer> map = PersistentMap.<String, Integer>empty().with("a", 1);

        assertThat(map.without("b")).isSameAs(map);
        assertThat(map.with("a", map.get("a"))).isSameAs(map);
        assertThat(map.without("a")).isEmpty();
        assertThat(PersistentMap.<String, Integer>empty().without("a")).isEmpty();
    }

    @Test
    void shouldStayFlatWhateverTheOrder() {
        PersistentMap<Integer, Integer> map = PersistentMap.empty();
        for (int i = 0; i < 100_000; i++) {
            map = map.with(i, i);
        }
        assertThat(map.height()).isLessThanOrEqualTo(24); // 1.44 times the logarithm
        for (int i = 0; i < 99_900; i++) {
            map = map.without(i);
        }
        assertThat(map).hasSize(100);
        assertThat(map.height()).isLessThanOrEqualTo(9);
    }
}
