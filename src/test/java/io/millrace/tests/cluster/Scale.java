package io.millrace.tests.cluster;

import java.time.Duration;

/** How much the cluster tests do: little in each build, more in the Maven profile faults. */
final class Scale {

    private Scale() {}

    /** Whether this is the long profile. */
    static boolean isLong() {
        return Boolean.getBoolean("millrace.test.long");
    }

    /** How long a run of random faults lasts. */
    static Duration faultTime() {
        return Duration.ofSeconds(Integer.getInteger("millrace.test.fault-seconds", 60));
    }

    /** Records a second. */
    static int rate() {
        return isLong() ? 5_000 : 1_000;
    }
}
