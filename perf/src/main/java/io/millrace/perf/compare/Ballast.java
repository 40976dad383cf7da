package io.millrace.perf.compare;

import io.millrace.perf.host.MemorySample;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps the memory that nobody uses full of clean pages of a file while nothing is measured, as it
 * is on a machine whose brokers have run for a day. Otherwise the first who writes gets new pages,
 * which cost a virtual machine several times as much as used ones if its host takes free memory
 * back, and who comes next finds them there.
 *
 * <p>The file is a hole: no disk is read, and it has no name, so that it goes with this process.
 * Thread-safe.
 */
final class Ballast implements AutoCloseable {
    private static final int READ_BYTES = 1 << 20;

    /** Between two looks at what is left, and the longest that a rest is waited for. */
    private static final int READS = 8;

    /** So many times the memory: what is read has been given up since it was read before. */
    private static final int SIZE_FACTOR = 16;

    /** Nobody tells that memory becomes free. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** Tells what memory there is. */
    @FunctionalInterface
    interface Memory {
        /** Right now. */
        MemorySample sample() throws IOException;
    }

    private final Memory memory;
    private final FileChannel hole;
    private final long size;
    private final Thread thread = new Thread(this::run, "millrace-compare-ballast");
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean wanted;
    private boolean reading;
    private boolean done;
    private boolean closed;
    private String problem;

    private Ballast(Memory memory, FileChannel hole, long size) {
        this.memory = memory;
        this.hole = hole;
        this.size = size;
    }

    /**
     * Makes the file; nothing is filled yet.
     *
     * @param file below a directory that is there
     * @throws IOException if the file system has no room for the name, or no holes so large
     */
    static Ballast open(Path file, Memory memory) throws IOException {
        Files.deleteIfExists(file);
        long size = SIZE_FACTOR * memory.sample().totalBytes();
        FileChannel hole =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.SPARSE,
                        StandardOpenOption.DELETE_ON_CLOSE);
        try {
            hole.write(ByteBuffer.allocate(1), size - 1);
        } catch (IOException e) {
            hole.close();
            throw e;
        }
        Ballast ballast = new Ballast(memory, hole, size);
        ballast.thread.setDaemon(true);
        ballast.thread.start();
        return ballast;
    }

    /** One that never fills. */
    static Ballast none() {
        Ballast none = new Ballast(() -> new MemorySample(1, 0), null, 0);
        none.closed = true;
        return none;
    }

    /** Fills from now on, and again whenever memory becomes free. */
    void resume() {
        lock.lock();
        try {
            wanted = true;
            done = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Rests; when this returns, nothing is read any more. */
    void pause() throws InterruptedException {
        lock.lock();
        try {
            wanted = false;
            while (reading) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until memory is full, or as full as it gets; false if the time was over before. */
    boolean awaitFull(Duration time) throws InterruptedException {
        long left = time.toNanos();
        lock.lock();
        try {
            while (wanted && !done && !closed && problem == null) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Why it does not fill; null if it does. */
    String problem() {
        lock.lock();
        try {
            return problem;
        } finally {
            lock.unlock();
        }
    }

    /** Gives the memory back. */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            while (reading) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        if (hole != null) {
            hole.close();
        }
    }

    private void run() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
        long position = 0;
        try {
            FillGauge gauge = new FillGauge(memory.sample());
            while (awaitTurn(gauge)) {
                gauge = new FillGauge(memory.sample());
                while (gauge.wantsMore() && goesOn()) {
                    for (int i = 0; i < READS; i++) {
                        position = (position + read(buffer, position)) % size;
                    }
                    gauge.add((long) READS * READ_BYTES, memory.sample());
                }
                rest(!gauge.wantsMore());
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            fail(e);
        }
    }

    private int read(ByteBuffer buffer, long position) throws IOException {
        buffer.clear();
        return Math.max(1, hole.read(buffer, position));
    }

    /** Waits until it is to be filled; false if that will not be. */
    private boolean awaitTurn(FillGauge before) throws IOException, InterruptedException {
        lock.lock();
        try {
            while (!closed && (!wanted || done)) {
                boolean told = changed.await(LOOK.toNanos(), TimeUnit.NANOSECONDS);
                if (!told && wanted && before.isOutdatedBy(memory.sample())) {
                    done = false;
                }
            }
            reading = !closed;
            return reading;
        } finally {
            lock.unlock();
        }
    }

    private boolean goesOn() {
        lock.lock();
        try {
            return wanted && !closed;
        } finally {
            lock.unlock();
        }
    }

    private void rest(boolean isDone) {
        lock.lock();
        try {
            reading = false;
            done = isDone;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void fail(Exception e) {
        lock.lock();
        try {
            reading = false;
            problem = e.toString();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
