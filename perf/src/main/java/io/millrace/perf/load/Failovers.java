package io.millrace.perf.load;

import io.millrace.perf.driver.Leadership;
import io.millrace.perf.measure.Failures;
import io.millrace.perf.measure.GapWatch;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Gives the only partition of a topic another leader, again and again, while records are published
 * and received at a steady rate: the leader is killed, or asked to hand over. Each begins when all
 * is whole. Driven by one thread; what comes is told by any.
 */
final class Failovers {
    private static final int PARTITION = 0;

    /** For each thing that is waited for; a system that takes longer has failed. */
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final LoadRun run;
    private final Spec spec;
    private final Operator operator;
    private final Leadership leadership;
    private final GapWatch acks;
    private final GapWatch receipts;
    private final List<Failover> found = new ArrayList<>();

    Failovers(LoadRun run) {
        this.run = run;
        this.spec = run.spec();
        this.operator = run.operator();
        this.leadership = run.driver().leadership();
        this.acks = new GapWatch(run.clock().nanos());
        this.receipts = new GapWatch(run.clock().nanos());
    }

    /** Is told of acknowledgements. */
    Turnstile acknowledged() {
        return new Turnstile() {
            @Override
            public void pass() {
                // The schedule says when records are sent.
            }

            @Override
            public void answered(boolean stored) {
                if (stored) {
                    acks.came(run.clock().nanos());
                }
            }
        };
    }

    /** A record has come to the subscriber. */
    void received() {
        receipts.came(run.clock().nanos());
    }

    /** What has been found so far. */
    List<Failover> found() {
        return List.copyOf(found);
    }

    /**
     * Does all of them; blocks until the last one is over.
     *
     * @param begin when the measurement began
     * @param failures what has become of the records so far
     * @throws IllegalStateException if one takes too long, or a record fails
     * @throws IOException if a broker cannot be killed or started
     */
    void perform(long begin, Supplier<Failures> failures) throws IOException {
        Watch watch = new Watch(failures);
        for (int i = 0; i < spec.failovers(); i++) {
            watch.awaitFlow();
            watch.await("all replicas are whole", this::isWhole);
            found.add(spec.work() == Work.KILL_LEADER ? kill(watch, begin) : move(watch, begin));
        }
    }

    private Failover kill(Watch watch, long begin) throws IOException {
        int from = watch.awaitOther(Leadership.NOBODY);
        double start = seconds(begin);
        forget();
        operator.kill(from);
        watch.awaitFlow();
        int to = watch.awaitOther(from);
        double ackGap = gapMs(acks);
        double deliveryGap = gapMs(receipts);
        // That it comes back is another matter.
        forget();
        long back = run.clock().nanos();
        operator.restart(from);
        watch.await("all replicas are whole", this::isWhole);
        return new Failover(from, to, start, ackGap, deliveryGap, seconds(back), gapMs(acks));
    }

    private Failover move(Watch watch, long begin) {
        int from = watch.awaitOther(Leadership.NOBODY);
        int to = from % spec.replicas() + 1;
        double start = seconds(begin);
        forget();
        leadership.move(spec.topic(), PARTITION, to);
        watch.await("node " + to + " leads", () -> leader() == to);
        watch.awaitFlow();
        return new Failover(from, to, start, gapMs(acks), gapMs(receipts), null, null);
    }

    private int leader() {
        return leadership.leader(spec.topic(), PARTITION);
    }

    private boolean isWhole() {
        return leadership.isWhole(spec.topic());
    }

    private void forget() {
        acks.forget();
        receipts.forget();
    }

    private double gapMs(GapWatch watch) {
        return watch.longestNanos(run.clock().nanos()) / 1e6;
    }

    private double seconds(long since) {
        return (run.clock().nanos() - since) / 1e9;
    }

    /** Waits, as long as no record fails. */
    private final class Watch {
        private final Lookout lookout;

        Watch(Supplier<Failures> failures) {
            this.lookout =
                    new Lookout(
                            run.clock(),
                            what -> LoadRun.checkNone(failures.get(), "waited until " + what));
        }

        /**
         * Waits until so many records have gone through that they cannot be left over from before,
         * and then some time, in which they must not stop again.
         */
        void awaitFlow() {
            long enough = 1 + (long) (spec.rate() * spec.seconds());
            long acked = acks.count() + enough;
            long came = receipts.count() + enough;
            await("records go through", () -> acks.count() >= acked && receipts.count() >= came);
            long until = run.clock().nanos() + spec.time().toNanos();
            await("time goes by", () -> run.clock().nanos() >= until);
        }

        /** The node id of a leader that is not this one. */
        int awaitOther(int node) {
            int[] other = new int[1];
            await(
                    "another than node " + node + " leads",
                    () -> {
                        other[0] = leader();
                        return other[0] != node && other[0] != Leadership.NOBODY;
                    });
            return other[0];
        }

        void await(String what, BooleanSupplier come) {
            lookout.await(what, PATIENCE, come);
        }
    }
}
