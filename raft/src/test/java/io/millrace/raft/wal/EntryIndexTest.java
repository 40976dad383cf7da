package io.millrace.raft.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class EntryIndexTest {

    private static final long SEED = Long.getLong("seed", System.nanoTime());

    /** Against a map, with random operations. */
    @Test
    void shouldAgreeWithAMap() {
        Random random = new Random(SEED);
        EntryIndex index = new EntryIndex();
        TreeMap<Long, long[]> model = new TreeMap<>();
        long base = 1;
        long next = 1;
        long segment = 1;
        int offset = 0;
        long term = 1;
        for (int step = 0; step < 3000; step++) {
            switch (random.nextInt(12)) {
                case 0 -> {
                    next = base + random.nextLong(next - base + 1);
                    index.truncateFrom(next);
                    model.tailMap(next).clear();
                }
                case 1 -> {
                    long through = segment - random.nextInt(4);
                    index.dropThrough(through);
                    model.values().removeIf(value -> Place.segment(value[0]) <= through);
                    base = model.isEmpty() ? next : model.firstKey();
                }
                case 2 -> {
                    if (random.nextInt(20) == 0) {
                        base = 1 + random.nextInt(100_000);
                        next = base;
                        index.restart(base);
                        model.clear();
                    }
                }
                case 3 -> {
                    segment++;
                    offset = 0;
                }
                case 4 -> term++;
                default -> {
                    for (int i = random.nextInt(400); i > 0; i--) {
                        long place = Place.of(segment, offset += 32);
                        index.add(term, place);
                        model.put(next++, new long[] {place, term});
                    }
                }
            }
            assertThat(index.base()).as("seed %d", SEED).isEqualTo(base);
            assertThat(index.next()).as("seed %d", SEED).isEqualTo(next);
            for (long i = base; i < next; i += 1 + random.nextInt(200)) {
                assertThat(index.contains(i)).isTrue();
                assertThat(index.place(i)).as("seed %d", SEED).isEqualTo(model.get(i)[0]);
                assertThat(index.term(i)).as("seed %d", SEED).isEqualTo(model.get(i)[1]);
            }
            assertThat(index.contains(base - 1)).isFalse();
            assertThat(index.contains(next)).isFalse();
        }
    }

    @Test
    void shouldKeepSegmentAndOffsetApart() {
        long place = Place.of(3_000_000_000L >>> 1, 1 << 30);
        assertThat(Place.segment(place)).isEqualTo(1_500_000_000L);
        assertThat(Place.offset(place)).isEqualTo(1 << 30);
    }
}
