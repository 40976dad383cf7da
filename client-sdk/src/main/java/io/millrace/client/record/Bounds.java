package io.millrace.client.record;

import java.time.Duration;

/** Checks options; each message names the option, the bounds and what was given. */
public final class Bounds {
    private Bounds() {}

    /** Gives the value back if it lies within the bounds, both inclusive. */
    public static long check(String option, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    option + " is " + value + "; allowed are " + min + " to " + max);
        }
        return value;
    }

    /** Gives the duration back if it lies within the bounds, both inclusive. */
    public static Duration check(String option, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(
                    option + " is " + value + "; allowed are " + min + " to " + max);
        }
        return value;
    }
}
