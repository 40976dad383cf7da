package io.millrace.perf.compare;

import io.millrace.perf.host.MemorySample;

/**
 * Decides for how long to read pages of a file into memory that nobody uses: until next to none is
 * left, or until that changes nothing, because the kernel gives up older pages for them already.
 * For one thread.
 */
final class FillGauge {
    /** What the kernel keeps free anyway is well below this part of the memory. */
    private static final int FREE_PART = 64;

    private static final int VAIN_STRETCHES = 3;

    private MemorySample before;
    private MemorySample last;
    private long read;
    private int vain;
    private boolean full;

    /** Begins with what there is. */
    FillGauge(MemorySample start) {
        this.before = start;
        this.last = start;
        this.full = isFull(start);
    }

    /** Whether a page that is needed next will come from another one's. */
    static boolean isFull(MemorySample memory) {
        return memory.freeBytes() <= memory.totalBytes() / FREE_PART;
    }

    /** Whether more is to be read. */
    boolean wantsMore() {
        return !full && vain < VAIN_STRETCHES;
    }

    /** Whether so much has become free since that it is worth to begin again. */
    boolean isOutdatedBy(MemorySample now) {
        return now.freeBytes() - last.freeBytes() > now.totalBytes() / FREE_PART;
    }

    /** So many bytes more were read; this is what is left. */
    void add(long bytes, MemorySample now) {
        last = now;
        full = isFull(now);
        read += bytes;
        if (read < now.totalBytes() / FREE_PART) {
            return;
        }
        // Others free memory meanwhile, too: once is not enough to give it up.
        vain = before.freeBytes() - now.freeBytes() < read / 4 ? vain + 1 : 0;
        before = now;
        read = 0;
    }
}
