package io.millrace.perf.compare;

import io.millrace.perf.compare.cluster.BrokerControl;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a load asks to be done to the three brokers, a line each: KILL 2, RESTART 2, WIPE 2, LAUNCH.
 * For one thread.
 */
final class BrokerOrders {
    private static final Pattern ORDER = Pattern.compile("(KILL|RESTART|WIPE) ([123])|LAUNCH");

    private final BrokerControl brokers;
    private final Set<Integer> killed = new TreeSet<>();
    private boolean any;

    BrokerOrders(BrokerControl brokers) {
        this.brokers = brokers;
    }

    /** Whether a line of its output is an order. */
    static boolean isOne(String line) {
        return ORDER.matcher(line).matches();
    }

    /** Does it; blocks until the process is gone, or serves, unless all are launched at once. */
    void carryOut(String line) throws IOException, InterruptedException {
        Matcher order = ORDER.matcher(line);
        if (!order.matches()) {
            throw new IllegalArgumentException("\"" + line + "\" is no order");
        }
        any = true;
        if (line.equals("LAUNCH")) {
            brokers.launchKilled();
            killed.clear();
            return;
        }
        int node = Integer.parseInt(order.group(2));
        switch (order.group(1)) {
            case "KILL" -> {
                brokers.kill(node);
                killed.add(node);
            }
            case "WIPE" -> brokers.wipe(node);
            default -> {
                brokers.restart(node);
                killed.remove(node);
            }
        }
    }

    /** Whether anything was done: then brokers are not those that they were. */
    boolean any() {
        return any;
    }

    /** Starts what a load that broke off has left dead. */
    void restartAll() throws IOException, InterruptedException {
        if (killed.size() > 1) {
            // Each would wait for the others.
            brokers.launchKilled();
        } else {
            for (int node : killed) {
                brokers.restart(node);
            }
        }
        killed.clear();
    }
}
