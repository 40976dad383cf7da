package io.millrace.client.choice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.ToIntFunction;

/**
 * Three brokers, the first of them 20 times as slow as the others, in virtual time: what clients
 * that balance by a policy see of it. No thread, no clock: a seed gives the same numbers each time.
 */
final class SlowBrokerSimulation {
    private static final int BROKERS = 3;
    private static final int CLIENTS = 10;
    private static final int REQUESTS = 200_000;
    private static final int WARM_UP = 20_000;
    private static final double SERVICE_MS = 1;
    private static final double SLOWNESS = 20;
    private static final int THREADS = 32;

    /** What the clients saw, in milliseconds, and the share of requests at the slow broker. */
    record Result(double p50, double p99, double p999, double mean, double slowShare) {}

    private record Event(long atNanos, long order, Runnable what) {}

    private final Random random;
    private final boolean oneIsSlow;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(
                    (a, b) ->
                            a.atNanos != b.atNanos
                                    ? Long.compare(a.atNanos, b.atNanos)
                                    : Long.compare(a.order, b.order));
    private final List<String> brokers = new ArrayList<>();
    private final List<Balancer> clients = new ArrayList<>();
    private final long[][] freeAt = new long[BROKERS][THREADS];
    private final double[] latencies = new double[REQUESTS - WARM_UP];
    private long now;
    private long order;
    private int sent;
    private int slow;

    private SlowBrokerSimulation(
            long seed,
            boolean oneIsSlow,
            ToIntFunction<String> weights,
            BiFunction<Integer, Random, ChoicePolicy> policies) {
        this.random = new Random(seed);
        this.oneIsSlow = oneIsSlow;
        for (int broker = 0; broker < BROKERS; broker++) {
            brokers.add("b" + broker);
        }
        for (int client = 0; client < CLIENTS; client++) {
            clients.add(
                    new Balancer(
                            policies.apply(client, new Random(random.nextLong())),
                            weights,
                            () -> now));
        }
    }

    /**
     * Runs it.
     *
     * @param weights by the broker's address
     * @param policies makes each client's policy of its number and a source of chance
     */
    static Result run(
            long seed,
            boolean oneIsSlow,
            ToIntFunction<String> weights,
            BiFunction<Integer, Random, ChoicePolicy> policies) {
        return new SlowBrokerSimulation(seed, oneIsSlow, weights, policies).run();
    }

    private Result run() {
        at(0, this::arrive);
        while (!events.isEmpty()) {
            Event event = events.poll();
            now = event.atNanos;
            event.what.run();
        }
        Arrays.sort(latencies);
        return new Result(
                quantile(0.5),
                quantile(0.99),
                quantile(0.999),
                Arrays.stream(latencies).average().orElseThrow(),
                (double) slow / latencies.length);
    }

    /** Requests come whatever the brokers do, 3,000 a second. */
    private void arrive() {
        int number = sent++;
        Balancer client = clients.get(random.nextInt(CLIENTS));
        String chosen = client.choose(brokers);
        int broker = brokers.indexOf(chosen);
        Balancer.Call call = client.begin(chosen);
        long begun = now;
        at(
                serve(broker),
                () -> {
                    call.answered();
                    call.ended();
                    if (number >= WARM_UP) {
                        latencies[number - WARM_UP] = (now - begun) / 1e6;
                        slow += broker == 0 ? 1 : 0;
                    }
                });
        if (sent < REQUESTS) {
            at(now + nanos(exponential(1.0 / 3)), this::arrive);
        }
    }

    /** When a broker is done with a request: its threads take what waits, in order. */
    private long serve(int broker) {
        long[] threads = freeAt[broker];
        int first = 0;
        for (int i = 1; i < THREADS; i++) {
            first = threads[i] < threads[first] ? i : first;
        }
        double service = exponential(SERVICE_MS) * (oneIsSlow && broker == 0 ? SLOWNESS : 1);
        threads[first] = Math.max(now, threads[first]) + nanos(service);
        return threads[first];
    }

    private void at(long nanos, Runnable what) {
        events.add(new Event(nanos, order++, what));
    }

    private double exponential(double mean) {
        return -mean * Math.log(1 - random.nextDouble());
    }

    private double quantile(double q) {
        return latencies[(int) (q * (latencies.length - 1))];
    }

    private static long nanos(double ms) {
        return Math.max(1, (long) (ms * TimeUnit.MILLISECONDS.toNanos(1)));
    }
}
