package io.millrace.broker.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches the free space of the data directory's disk. Thread-safe. */
public final class DiskSpace {

    private static final Logger log = LoggerFactory.getLogger(DiskSpace.class);

    private final Probe probe;
    private final DiskReserve reserve;
    private final List<Consumer<DiskState>> listeners = new CopyOnWriteArrayList<>();
    private volatile DiskState state = DiskState.OK;
    private volatile long freeBytes;
    private boolean probeFails;

    /**
     * Measures once, so that the state is known from the beginning. Blocks on the disk.
     *
     * @throws IOException if the free space cannot be measured
     */
    public DiskSpace(Probe probe, DiskReserve reserve) throws IOException {
        this.probe = probe;
        this.reserve = reserve;
        this.freeBytes = probe.freeBytes();
        this.state = reserve.next(state, freeBytes);
    }

    /**
     * Measures the disk that holds a directory. Finds it once: that reads the list of all mounts.
     *
     * @throws IOException if the directory is not there
     */
    public static Probe probeOf(Path directory) throws IOException {
        return Files.getFileStore(directory)::getUsableSpace;
    }

    /** Measures every so often on a timer, until the returned task is cancelled. */
    public ScheduledFuture<?> watch(ScheduledExecutorService timer, long intervalMs) {
        return timer.scheduleWithFixedDelay(
                this::measure, intervalMs, intervalMs, TimeUnit.MILLISECONDS);
    }

    /** Whether there is room, as of the last measurement. Does not block. */
    public DiskState state() {
        return state;
    }

    /** Free bytes at the last measurement. Does not block. */
    public long freeBytes() {
        return freeBytes;
    }

    /** Below this many free bytes writes are refused. */
    public long reserveBytes() {
        return reserve.reserveBytes();
    }

    /** Calls the listener when the state changes, on the measuring thread; it must not block. */
    public void addListener(Consumer<DiskState> listener) {
        listeners.add(listener);
    }

    /**
     * A write has just failed for want of space: the disk counts as full until a measurement says
     * otherwise.
     */
    public synchronized void writeFailed() {
        become(DiskState.FULL);
    }

    /** Measures now. Blocks on the disk. If that fails, the last state stays. */
    public synchronized void measure() {
        try {
            freeBytes = probe.freeBytes();
            probeFails = false;
        } catch (IOException e) {
            if (!probeFails) {
                log.warn("free space cannot be measured, state stays {}: {}", state, e.toString());
            }
            probeFails = true;
            return;
        }
        become(reserve.next(state, freeBytes));
    }

    private void become(DiskState next) {
        if (next == state) {
            return;
        }
        state = next;
        if (next == DiskState.FULL) {
            log.warn("disk full, writes are refused freeBytes={} {}", freeBytes, reserve);
        } else {
            log.info("disk has room again freeBytes={} {}", freeBytes, reserve);
        }
        listeners.forEach(listener -> listener.accept(next));
    }

    /** Says how many bytes are free. */
    @FunctionalInterface
    public interface Probe {

        /** Free bytes. May block on the disk. */
        long freeBytes() throws IOException;
    }
}
