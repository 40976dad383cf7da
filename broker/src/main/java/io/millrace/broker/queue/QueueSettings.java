package io.millrace.broker.queue;

/**
 * How a queue is worked off.
 *
 * @param window how far beyond the oldest record that is not done records are handed out, 1 to
 *     {@value #MAX_WINDOW}
 * @param leaseMs how long a delivery may take unless the member asks otherwise, {@value
 *     #MIN_LEASE_MS} to {@value #MAX_LEASE_MS}
 * @param maxDeliveries after so many in vain a record is given up, 1 to 1,000
 * @param breakerPercent if more of the last 100 records were given up, nothing is handed out until
 *     somebody resumes; 0 to 100, and 100 never stops
 */
public record QueueSettings(int window, long leaseMs, int maxDeliveries, int breakerPercent) {

    /** Keeps the ranges and marks of a queue well within the bounds of {@link QueueProgress}. */
    public static final int MAX_WINDOW = 65_536;

    /** The shortest lease. */
    public static final long MIN_LEASE_MS = 1_000;

    /** The longest lease. */
    public static final long MAX_LEASE_MS = 3_600_000;

    /** The longest delay of a nack. */
    public static final long MAX_DELAY_MS = 86_400_000;

    /** What holds unless something else is set. */
    public static final QueueSettings DEFAULT = new QueueSettings(MAX_WINDOW, 30_000, 10, 50);

    public QueueSettings {
        require("window", window, 1, MAX_WINDOW);
        require("lease", leaseMs, MIN_LEASE_MS, MAX_LEASE_MS);
        require("max deliveries", maxDeliveries, 1, 1_000);
        require("breaker percent", breakerPercent, 0, 100);
    }

    static void require(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    name + " is " + value + ", " + least + " to " + most + " is allowed");
        }
    }
}
