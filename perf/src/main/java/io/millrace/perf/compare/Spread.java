package io.millrace.perf.compare;

import java.util.List;

/**
 * The same number of several rounds.
 *
 * @param median the middle one, or the mean of the middle two
 * @param min the least
 * @param max the greatest
 * @param rounds how many there are
 */
record Spread(double median, double min, double max, int rounds) {

    /** Of one number at least. */
    static Spread of(List<Double> numbers) {
        List<Double> sorted = numbers.stream().sorted().toList();
        int count = sorted.size();
        if (count == 0) {
            throw new IllegalArgumentException("a spread of nothing");
        }
        double median = (sorted.get((count - 1) / 2) + sorted.get(count / 2)) / 2;
        return new Spread(median, sorted.get(0), sorted.get(count - 1), count);
    }
}
