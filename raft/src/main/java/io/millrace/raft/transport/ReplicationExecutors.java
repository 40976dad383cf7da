package io.millrace.raft.transport;

import com.alipay.sofa.jraft.util.concurrent.FixedThreadsExecutorGroup;
import com.alipay.sofa.jraft.util.concurrent.SingleThreadExecutor;
import java.util.Collections;
import java.util.Iterator;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Gives every replicator its own row of callbacks, in place of jraft's threads, which reject. */
final class ReplicationExecutors implements FixedThreadsExecutorGroup {

    private final Executor pool;

    ReplicationExecutors(Executor pool) {
        this.pool = pool;
    }

    @Override
    public SingleThreadExecutor next() {
        return new SerialExecutor(pool);
    }

    @Override
    public void execute(int index, Runnable task) {
        pool.execute(task);
    }

    @Override
    public Iterator<SingleThreadExecutor> iterator() {
        return Collections.emptyIterator();
    }

    @Override
    public boolean shutdownGracefully() {
        return true;
    }

    @Override
    public boolean shutdownGracefully(long timeout, TimeUnit unit) {
        return true;
    }
}
