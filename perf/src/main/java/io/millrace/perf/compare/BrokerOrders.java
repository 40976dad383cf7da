package io.millrace.perf.compare;

import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a load asks to be done to one of the three brokers, a line each: KILL 2, RESTART 2. For one
 * thread.
 */
final class BrokerOrders {
    private static final Pattern ORDER = Pattern.compile("(KILL|RESTART) ([123])");

    private final Deed kill;
    private final Deed restart;
    private final Set<Integer> killed = new TreeSet<>();
    private boolean any;

    /** What can be done to a node. Blocks until it is done. */
    interface Deed {
        void to(int node) throws IOException, InterruptedException;
    }

    BrokerOrders(Deed kill, Deed restart) {
        this.kill = kill;
        this.restart = restart;
    }

    /** Whether a line of its output is an order. */
    static boolean isOne(String line) {
        return ORDER.matcher(line).matches();
    }

    /** Does it; blocks until the process is gone, or serves. */
    void carryOut(String line) throws IOException, InterruptedException {
        Matcher order = ORDER.matcher(line);
        if (!order.matches()) {
            throw new IllegalArgumentException("\"" + line + "\" is no order");
        }
        int node = Integer.parseInt(order.group(2));
        any = true;
        if (order.group(1).equals("KILL")) {
            kill.to(node);
            killed.add(node);
        } else {
            restart.to(node);
            killed.remove(node);
        }
    }

    /** Whether anything was done: then brokers are not those that they were. */
    boolean any() {
        return any;
    }

    /** Starts what a load that broke off has left dead. */
    void restartAll() throws IOException, InterruptedException {
        for (int node : killed) {
            restart.to(node);
        }
        killed.clear();
    }
}
