package io.millrace.client.cluster;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.millrace.client.choice.Balancer;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.ClusterMap;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One cluster as a client sees it: its connections, what is known of it, and a timer. Shared by all
 * publishers, subscribers and admin calls of a client. Thread-safe.
 */
public final class Cluster implements AutoCloseable, ClusterWatch.Host {
    private static final Logger log = LoggerFactory.getLogger(Cluster.class);

    private final ClusterOptions options;
    private final Channels channels = new Channels();
    private final ScheduledThreadPoolExecutor timer;
    private final ClusterWatch watch;
    private final UnaryCalls calls = new UnaryCalls(this);
    private final Object lock = new Object();
    private final ServerNames names;
    private final Balancer brokers;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile ClusterView view = ClusterView.UNKNOWN;
    private volatile MillraceException lastProblem;
    private volatile boolean closed;

    private Cluster(ClusterOptions options) {
        this.options = options;
        this.timer =
                new ScheduledThreadPoolExecutor(
                        1,
                        task -> {
                            Thread thread = new Thread(task, "millrace-client-timer");
                            thread.setDaemon(true);
                            return thread;
                        });
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.names =
                new ServerNames(
                        options.servers().addresses(),
                        InetAddress::getAllByName,
                        Cluster::inBackground,
                        System::nanoTime);
        this.brokers = newBalancer();
        this.watch =
                new ClusterWatch(
                        this,
                        options,
                        timer,
                        brokers,
                        System::nanoTime,
                        newRandom(),
                        this::accept,
                        problem -> lastProblem = problem);
    }

    /** A cluster that is not connected yet. */
    public static Cluster open(ClusterOptions options) {
        return new Cluster(options);
    }

    /** The client's options. */
    public ClusterOptions options() {
        return options;
    }

    /** What is known now. */
    public ClusterView view() {
        return view;
    }

    /** Calls that any broker can answer. */
    public UnaryCalls calls() {
        return calls;
    }

    /** Begins to follow the cluster map. */
    public void watch() {
        watch.start();
    }

    /** Asks another broker for the map, since what is known has turned out to be wrong. */
    public void refresh() {
        watch.refresh();
    }

    /** Takes a broker's word for who leads a shard, until a newer leader is known. */
    public void hint(int shard, String address) {
        change(now -> now.withHint(shard, address));
    }

    /** The broker at this address has turned out not to lead the shard, or is not there. */
    public void dropHint(int shard, String address) {
        change(now -> now.withoutHint(shard, address));
    }

    /**
     * Is called after each change of what is known, on whatever thread: it must not block.
     *
     * @return ends that
     */
    public Runnable onChange(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Chooses among brokers by the client's policy, observing them for one purpose only. */
    public Balancer newBalancer() {
        return new Balancer(options.policy(), options::weight, System::nanoTime);
    }

    /**
     * Where jitter comes from. Not the thread's own: it is used under locks, by one thread after
     * another.
     */
    public RandomGenerator newRandom() {
        return new Random(ThreadLocalRandom.current().nextLong());
    }

    /** What is observed of brokers that are asked for the map or by unary calls. */
    Balancer brokers() {
        return brokers;
    }

    /** Runs something once, later, on the client's timer thread: it must not block. */
    public void after(long delayNanos, Runnable task) {
        if (!timer.isShutdown()) {
            timer.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
        }
    }

    /**
     * Waits until what is known satisfies the condition.
     *
     * @return the view that does; null when the time is over, or the cluster is closed
     * @throws InterruptedException if the thread is interrupted
     */
    public ClusterView await(Predicate<ClusterView> condition, long deadlineNanos)
            throws InterruptedException {
        watch();
        synchronized (lock) {
            while (!condition.test(view)) {
                long leftNanos = deadlineNanos - System.nanoTime();
                if (leftNanos <= 0 || closed) {
                    return null;
                }
                lock.wait(leftNanos / 1_000_000 + 1);
            }
            return view;
        }
    }

    /**
     * Waits until something else is known than this, or the time is over; ends at once when the
     * cluster is closed. Does not ask for the map.
     *
     * @param leastNanos how long to wait whatever becomes known
     * @param mostNanos how long to wait in all
     * @throws InterruptedException if the thread is interrupted
     */
    void awaitOther(ClusterView known, long leastNanos, long mostNanos)
            throws InterruptedException {
        long begun = System.nanoTime();
        synchronized (lock) {
            while (!closed) {
                long until = view == known ? mostNanos : leastNanos;
                long leftNanos = until - (System.nanoTime() - begun);
                if (leftNanos <= 0) {
                    return;
                }
                lock.wait(leftNanos / 1_000_000 + 1);
            }
        }
    }

    /** Why no map comes: the last failure of the watch, or that nothing was heard. */
    public MillraceException notConnected() {
        MillraceException problem = lastProblem;
        String servers = String.join(",", options.servers().addresses());
        return problem == null
                ? MillraceException.of(
                        ErrorCode.NOT_READY, "no broker of " + servers + " has answered yet")
                : MillraceException.of(
                        problem.code() == ErrorCode.INTERNAL ? ErrorCode.NOT_READY : problem.code(),
                        "no broker of " + servers + " answers: " + problem.getMessage(),
                        problem);
    }

    /** Whether {@link #close} was called: nothing will be connected any more. */
    public boolean isClosed() {
        return closed;
    }

    /** The connection to a broker, without the wait that gRPC may have left from a failure. */
    public ManagedChannel freshChannel(String address) {
        ManagedChannel channel = channels.channel(address);
        channel.resetConnectBackoff();
        return channel;
    }

    /** Whether there is a connection to a broker; begins to make one if there is not. */
    public boolean isConnected(String address) {
        return freshChannel(address).getState(true) == ConnectivityState.READY;
    }

    @Override
    public ManagedChannel channel(String address) {
        return channels.channel(address);
    }

    /** All addresses worth asking: the brokers of the map, then those that the user gave. */
    @Override
    public List<String> addresses() {
        Set<String> addresses = new LinkedHashSet<>(view.addresses());
        addresses.addAll(names.addresses());
        addresses.remove("");
        return new ArrayList<>(addresses);
    }

    @Override
    public String clusterId() {
        return view.clusterId();
    }

    @Override
    public void close() {
        closed = true;
        watch.close();
        timer.shutdownNow();
        channels.close();
        synchronized (lock) {
            lock.notifyAll();
        }
    }

    /** A stream that a broker has ended without a reason. */
    static MillraceException closedByBroker(String address) {
        return MillraceException.of(
                ErrorCode.NOT_READY, "the broker at " + address + " has closed the stream");
    }

    private void accept(ClusterMap map) {
        ClusterView known = view;
        if (known.isKnown() && !known.clusterId().equals(map.getClusterId())) {
            log.warn(
                    "a map of cluster {} came; this client belongs to cluster {}",
                    map.getClusterId(),
                    known.clusterId());
            return;
        }
        change(now -> now.merge(map));
    }

    private void change(UnaryOperator<ClusterView> change) {
        synchronized (lock) {
            view = change.apply(view);
            lock.notifyAll();
        }
        listeners.forEach(Runnable::run);
    }

    private static void inBackground(Runnable task) {
        Thread thread = new Thread(task, "millrace-client-names");
        thread.setDaemon(true);
        thread.start();
    }
}
