package io.millrace.tests.history;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The events of one client, mapped. */
final class HistoryFile {

    private static final int ENTRY = HistoryWriter.ENTRY_BYTES;

    private final String client;
    private final ByteBuffer events;

    private HistoryFile(String client, ByteBuffer events) {
        this.client = client;
        this.events = events;
    }

    /** Maps a file; half an event at its end, of a client that was killed, does not count. */
    static HistoryFile open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new IOException(file + " is larger than 2 GiB");
            }
            ByteBuffer all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            if (all.limit() < ENTRY || all.getLong(0) != HistoryWriter.MAGIC) {
                throw new IOException(file + " is not a history");
            }
            String name = file.getFileName().toString();
            return new HistoryFile(
                    name.substring(0, name.length() - HistoryWriter.SUFFIX.length()),
                    all.slice(ENTRY, (all.limit() / ENTRY - 1) * ENTRY));
        }
    }

    String client() {
        return client;
    }

    int size() {
        return events.limit() / ENTRY;
    }

    EventKind kind(int event) {
        return EventKind.of(events.get(event * ENTRY));
    }

    int node(int event) {
        return events.get(event * ENTRY + 1) & 0xFF;
    }

    int partition(int event) {
        return events.getShort(event * ENTRY + 2) & 0xFFFF;
    }

    int extra(int event) {
        return events.getInt(event * ENTRY + 4);
    }

    long time(int event) {
        return events.getLong(event * ENTRY + 8);
    }

    long value(int event) {
        return events.getLong(event * ENTRY + 16);
    }

    long offset(int event) {
        return events.getLong(event * ENTRY + 24);
    }
}
