package io.millrace.raft.transport;

import com.alipay.sofa.jraft.util.NamedThreadFactory;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of the peer network. Network threads never block; what may block runs in the pool of
 * its lane. What waits in the pools is bounded by those who hand it in.
 */
final class LaneThreads implements AutoCloseable {

    private static final int SERVER_LOOPS = 3;
    private static final int POOL = Math.max(4, Runtime.getRuntime().availableProcessors());
    private static final int INSTALLATIONS = 4;
    private static final int CALLS = 8;
    private static final long IDLE_S = 30;

    final EventLoopGroup acceptLoop = loops("accept", 1);
    final EventLoopGroup serverLoops = loops("server", SERVER_LOOPS);
    final ScheduledExecutorService timer;

    /** Handles the calls of the broker's own services, on both sides. */
    final ExecutorService calls = pool("calls", CALLS);

    private final Map<Lane, EventLoopGroup> clientLoops = new EnumMap<>(Lane.class);
    private final Map<Lane, ThreadPoolExecutor> pools = new EnumMap<>(Lane.class);

    LaneThreads() {
        for (Lane lane : Lane.values()) {
            clientLoops.put(lane, loops(lane.toString(), 1));
        }
        pools.put(Lane.DATA, pool("data-pool", POOL));
        pools.put(Lane.CONTROL, pool("control-pool", POOL));
        // An installation waits for its copy: each has a thread, and one too many is refused.
        pools.put(
                Lane.BULK,
                new ThreadPoolExecutor(
                        0,
                        INSTALLATIONS,
                        IDLE_S,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        factory("bulk-pool")));
        ScheduledThreadPoolExecutor scheduled =
                new ScheduledThreadPoolExecutor(1, factory("timer"));
        scheduled.setRemoveOnCancelPolicy(true);
        timer = scheduled;
    }

    /** The network thread for connections to peers. */
    EventLoopGroup clientLoop(Lane lane) {
        return clientLoops.get(lane);
    }

    /** Where requests are handled and answers are taken; BULK rejects when all threads are busy. */
    ExecutorService pool(Lane lane) {
        return pools.get(lane);
    }

    /** Lanes on the network threads, since they only hand on; all else in the pool for calls. */
    ServerCallExecutorSupplier serverExecutors() {
        return new ServerCallExecutorSupplier() {
            @Override
            public <Q, A> Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
                String service = call.getMethodDescriptor().getServiceName();
                return Exchange.SERVICE.equals(service) ? Runnable::run : calls;
            }
        };
    }

    @Override
    public void close() {
        timer.shutdownNow();
        calls.shutdown();
        pools.values().forEach(ExecutorService::shutdown);
        clientLoops.values().forEach(LaneThreads::stop);
        stop(acceptLoop);
        stop(serverLoops);
    }

    private static void stop(EventLoopGroup loop) {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private static EventLoopGroup loops(String name, int threads) {
        return new MultiThreadIoEventLoopGroup(threads, factory(name), PeerSockets.handlers());
    }

    private static ThreadPoolExecutor pool(String name, int threads) {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        threads,
                        threads,
                        IDLE_S,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        factory(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static NamedThreadFactory factory(String name) {
        return new NamedThreadFactory("millrace-peer-" + name + "-", true);
    }
}
