package io.millrace.raft.wal;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The segments in use, oldest first, and the files that wait to become the next ones. The writer
 * takes files and begins segments, the preparer retires segments and adds files. Thread-safe.
 */
final class Segments {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition fileReady = lock.newCondition();
    private final Condition workToDo = lock.newCondition();
    private final Deque<Segment> live = new ArrayDeque<>();
    private final Map<Long, Segment> byNumber = new ConcurrentHashMap<>();
    private final Deque<SegmentFile> ready = new ArrayDeque<>();
    private final int maxFiles;
    private int files;
    private boolean work;
    private boolean closed;

    Segments(WalOptions options, SegmentDirectory directory) {
        directory.chain().forEach(this::begin);
        directory.spare().stream()
                .filter(file -> file.bytes() == options.segmentBytes())
                .forEach(ready::addLast);
        this.files = live.size() + ready.size();
        // A log that stopped at its cap must be able to start, or nobody could checkpoint.
        this.maxFiles = Math.max(options.maxSegments(), ready.isEmpty() ? files + 2 : 0);
    }

    /** The segment with a number, held for the caller, who must release it. */
    Segment acquire(long number) {
        Segment segment = byNumber.get(number);
        if (segment == null) {
            throw new IllegalStateException("segment " + number + " is in the index but gone");
        }
        segment.acquire();
        return segment;
    }

    /** A segment begins and is the newest from now on. */
    void begin(Segment segment) {
        lock.lock();
        try {
            live.addLast(segment);
            byNumber.put(segment.number(), segment);
        } finally {
            lock.unlock();
        }
    }

    /** The segments in use, oldest first. */
    List<Segment> live() {
        lock.lock();
        try {
            return List.copyOf(live);
        } finally {
            lock.unlock();
        }
    }

    /** The oldest segment in use; there must be one. */
    Segment oldest() {
        lock.lock();
        try {
            return live.getFirst();
        } finally {
            lock.unlock();
        }
    }

    /** The oldest segment goes out of use; the caller has seen to it that nobody reads it. */
    void retireOldest() {
        lock.lock();
        try {
            byNumber.remove(live.removeFirst().number());
        } finally {
            lock.unlock();
        }
    }

    /** Files in use, ready and in the making. */
    int files() {
        lock.lock();
        try {
            return files;
        } finally {
            lock.unlock();
        }
    }

    /** A file of the log is gone from the disk. */
    void dropped() {
        lock.lock();
        try {
            files--;
        } finally {
            lock.unlock();
        }
    }

    /** A new file is being made: it counts against the cap. */
    boolean reserve() {
        lock.lock();
        try {
            if (files >= maxFiles) {
                return false;
            }
            files++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** A file can be written from now on. It counts already. */
    void add(SegmentFile file) {
        lock.lock();
        try {
            ready.addLast(file);
            fileReady.signalAll();
        } finally {
            lock.unlock();
        }
    }

    int readyFiles() {
        lock.lock();
        try {
            return ready.size();
        } finally {
            lock.unlock();
        }
    }

    /** Whether no file is ready and none may be made any more. */
    boolean isFull() {
        lock.lock();
        try {
            return ready.isEmpty() && files >= maxFiles;
        } finally {
            lock.unlock();
        }
    }

    /** The next file to write; null if none is there in time, or all is closing. */
    SegmentFile take(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (ready.isEmpty() && left > 0 && !closed) {
                left = fileReady.awaitNanos(left);
            }
            SegmentFile file = ready.poll();
            wake();
            return file;
        } finally {
            lock.unlock();
        }
    }

    /** Tells the preparer that there may be something to retire or to make. */
    void wake() {
        lock.lock();
        try {
            work = true;
            workToDo.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for {@link #wake}, for the given time at most. Answers false once closed. */
    boolean awaitWork(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (!work && !closed && left > 0) {
                left = workToDo.awaitNanos(left);
            }
            work = false;
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** Waits, unless fewer files than this are ready: then the writer may soon wait for one. */
    void rest(long nanos, int enough) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (left > 0 && ready.size() >= enough && !closed) {
                left = workToDo.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Ends all waiting; nothing is taken any more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            fileReady.signalAll();
            workToDo.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Closes all files. Nobody reads or writes any more. */
    void closeFiles() throws IOException {
        IOException failure = null;
        for (Segment segment : live()) {
            failure = closed(segment.slot(), failure);
        }
        for (SegmentFile file : List.copyOf(ready)) {
            failure = closed(file, failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static IOException closed(SegmentFile file, IOException before) {
        try {
            file.file().close();
            return before;
        } catch (IOException e) {
            return before == null ? e : before;
        }
    }
}
