package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.core.Scheduler;
import com.alipay.sofa.jraft.util.NamedThreadFactory;
import com.alipay.sofa.jraft.util.SPI;
import com.alipay.sofa.jraft.util.timer.DefaultRaftTimerFactory;
import com.alipay.sofa.jraft.util.timer.HashedWheelTimer;
import com.alipay.sofa.jraft.util.timer.Timer;
import java.util.concurrent.TimeUnit;

/**
 * jraft's timers, so that a broker with nothing to do does next to nothing: heartbeats of all
 * shards go off together, and no wheel turns a thousand times a second. jraft finds it as a service
 * and makes it itself, one for the process.
 */
@SPI(name = "millrace", priority = 10)
public final class ReplicaTimers extends DefaultRaftTimerFactory {

    /** Fine enough for the timeout of a read, the only one that is kept on a wheel. */
    private static final int WHEEL_TICK_MS = 50;

    private static final int WHEEL_PLACES = 256;

    @Override
    public Scheduler getRaftScheduler(boolean shared, int workers, String name) {
        return new AlignedScheduler(
                super.getRaftScheduler(shared, workers, name), HeartbeatPace.PROCESS);
    }

    @Override
    public Timer getElectionTimer(boolean shared, String name) {
        return ElectionTimer.create(name, super.getElectionTimer(shared, name));
    }

    @Override
    public Timer createTimer(String name) {
        return new HashedWheelTimer(
                new NamedThreadFactory(name, true),
                WHEEL_TICK_MS,
                TimeUnit.MILLISECONDS,
                WHEEL_PLACES);
    }
}
