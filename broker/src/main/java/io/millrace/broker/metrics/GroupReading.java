package io.millrace.broker.metrics;

import java.util.Map;

/**
 * How a group stands that is coordinated here.
 *
 * @param group its name
 * @param members how many it has
 * @param paused whether somebody paused it
 * @param lags by topic; topics of which nothing is known are missing
 * @param verdicts how many of its partitions have each verdict, such as "moving"
 */
public record GroupReading(
        String group,
        int members,
        boolean paused,
        Map<String, Lag> lags,
        Map<String, Integer> verdicts) {

    public GroupReading {
        lags = Map.copyOf(lags);
        verdicts = Map.copyOf(verdicts);
    }

    /**
     * How far a group is behind in a topic.
     *
     * @param records that are not done, in all partitions together
     * @param ms since the oldest of them was appended, milliseconds
     */
    public record Lag(long records, long ms) {

        /** Both together. */
        public Lag plus(Lag other) {
            return new Lag(records + other.records, Math.max(ms, other.ms));
        }
    }
}
