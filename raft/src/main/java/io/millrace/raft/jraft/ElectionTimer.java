package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.entity.NodeId;
import com.alipay.sofa.jraft.util.timer.Timeout;
import com.alipay.sofa.jraft.util.timer.Timer;
import com.alipay.sofa.jraft.util.timer.TimerTask;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * jraft's timer for the elections of one replica, which can be made to go off before its time. All
 * that jraft decides when it goes off, it decides then as well. Thread-safe; never blocks.
 */
final class ElectionTimer implements Timer {

    /** By the name that jraft gives them, which holds the node's. */
    private static final Map<String, ElectionTimer> TIMERS = new ConcurrentHashMap<>();

    private static final String NAME = "JRaft-ElectionTimer-";

    private final String name;
    private final Timer timer;
    private volatile Setting last;

    private ElectionTimer(String name, Timer timer) {
        this.name = name;
        this.timer = timer;
    }

    /**
     * Makes the one that jraft asks for.
     *
     * @param timer what it runs on
     */
    static ElectionTimer create(String name, Timer timer) {
        ElectionTimer created = new ElectionTimer(name, timer);
        TIMERS.put(name, created);
        return created;
    }

    /**
     * Lets that of a node go off after this time; never later than it would. Does nothing if it is
     * not set.
     */
    static void hasten(NodeId node, long delayMillis) {
        ElectionTimer found = TIMERS.get(NAME + node);
        Setting set = found == null ? null : found.last;
        if (set != null) {
            set.hasten(delayMillis);
        }
    }

    @Override
    public Timeout newTimeout(TimerTask task, long delay, TimeUnit unit) {
        Setting set = new Setting(task);
        set.begin(delay, unit);
        last = set;
        return set;
    }

    @Override
    public Set<Timeout> stop() {
        TIMERS.remove(name, this);
        return timer.stop();
    }

    /** It goes off once, whichever time comes first. */
    private final class Setting implements Timeout, TimerTask {

        private final TimerTask task;
        private Timeout first;
        private boolean over;
        private boolean cancelled;

        Setting(TimerTask task) {
            this.task = task;
        }

        synchronized void begin(long delay, TimeUnit unit) {
            first = timer.newTimeout(this, delay, unit);
        }

        synchronized void hasten(long delayMillis) {
            if (!over) {
                timer.newTimeout(this, delayMillis, TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void run(Timeout timeout) throws Exception {
            synchronized (this) {
                if (over) {
                    return;
                }
                over = true;
                first.cancel();
            }
            task.run(this);
        }

        @Override
        public synchronized boolean cancel() {
            boolean waiting = !over;
            if (waiting) {
                over = true;
                cancelled = true;
                first.cancel();
            }
            return waiting;
        }

        @Override
        public Timer timer() {
            return ElectionTimer.this;
        }

        @Override
        public TimerTask task() {
            return task;
        }

        @Override
        public synchronized boolean isExpired() {
            return over && !cancelled;
        }

        @Override
        public synchronized boolean isCancelled() {
            return cancelled;
        }
    }
}
