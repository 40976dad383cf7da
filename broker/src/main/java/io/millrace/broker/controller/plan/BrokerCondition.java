package io.millrace.broker.controller.plan;

/**
 * How a broker is, as the controller's leader sees it. Immutable.
 *
 * @param deadMs for how long its lease has run out, in milliseconds; 0: it is alive
 * @param leadProblem why it should lead nothing, though it lives, such as a full or hanging disk;
 *     empty: nothing speaks against it
 */
public record BrokerCondition(long deadMs, String leadProblem) {

    /** One that lives and has no problem. */
    public static final BrokerCondition GOOD = new BrokerCondition(0, "");

    /** One that nothing was ever heard of. */
    public static final BrokerCondition UNKNOWN = new BrokerCondition(1, "");

    /** Whether its lease runs. */
    public boolean isAlive() {
        return deadMs == 0;
    }
}
