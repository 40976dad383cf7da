package io.millrace.tests.history;

import java.util.List;

/** Some events of all clients, one after the other, merged by their times. */
final class Events {

    private final List<HistoryFile> files;
    private final int[][] events;
    private final int[] cursor;
    private final int[] end;

    /** A heap of the clients that have events left, by the rank of their next one. */
    private final int[] heap;

    private final long[] nextRank;
    private int heapSize;
    private int client = -1;
    private HistoryFile file;
    private int event;

    Events(List<HistoryFile> files, int[][] events, int[][] starts, int partition) {
        this.files = files;
        this.events = events;
        int count = files.size();
        cursor = new int[count];
        end = new int[count];
        heap = new int[count];
        nextRank = new long[count];
        for (int i = 0; i < count; i++) {
            cursor[i] = starts[i][partition];
            end[i] = starts[i][partition + 1];
            if (cursor[i] < end[i]) {
                nextRank[i] = rank(files.get(i), events[i][cursor[i]]);
                heap[heapSize++] = i;
            }
        }
        for (int i = heapSize / 2 - 1; i >= 0; i--) {
            sink(i);
        }
    }

    /** Goes to the next event. */
    boolean next() {
        if (client >= 0) {
            advance();
        }
        if (heapSize == 0) {
            return false;
        }
        client = heap[0];
        file = files.get(client);
        event = events[client][cursor[client]];
        return true;
    }

    private void advance() {
        if (++cursor[client] < end[client]) {
            nextRank[client] = rank(file, events[client][cursor[client]]);
        } else {
            heap[0] = heap[--heapSize];
        }
        sink(0);
    }

    /** Of two at the same time what begins comes first: nothing is claimed to follow the other. */
    private static long rank(HistoryFile file, int event) {
        EventKind kind = file.kind(event);
        boolean begins = kind == EventKind.SEND_INVOKE || kind == EventKind.END_INVOKE;
        return file.time(event) << 1 | (begins ? 0 : 1);
    }

    private void sink(int from) {
        int at = from;
        while (2 * at + 1 < heapSize) {
            int child = 2 * at + 1;
            if (child + 1 < heapSize && nextRank[heap[child + 1]] < nextRank[heap[child]]) {
                child++;
            }
            if (nextRank[heap[at]] <= nextRank[heap[child]]) {
                return;
            }
            int moved = heap[at];
            heap[at] = heap[child];
            heap[child] = moved;
            at = child;
        }
    }

    /** Whose event it is: the number of the client. */
    int client() {
        return client;
    }

    int clientCount() {
        return files.size();
    }

    EventKind kind() {
        return file.kind(event);
    }

    int node() {
        return file.node(event);
    }

    int extra() {
        return file.extra(event);
    }

    long time() {
        return file.time(event);
    }

    long value() {
        return file.value(event);
    }

    long offset() {
        return file.offset(event);
    }
}
