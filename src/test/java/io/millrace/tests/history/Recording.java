package io.millrace.tests.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A run that is being written down: one directory, one file for each client. Thread-safe. Times are
 * those of the monotonic clock, which all processes of a machine share.
 */
public final class Recording {

    private final Path directory;
    private final String topic;
    private final AtomicInteger clients = new AtomicInteger();
    private final AtomicInteger producers = new AtomicInteger();

    private Recording(Path directory, String topic) {
        this.directory = directory;
        this.topic = topic;
    }

    /** Begins one; what the directory held before is deleted. */
    public static Recording begin(Path directory, String topic) throws IOException {
        Recording recording = new Recording(directory, topic);
        recording.delete();
        return recording;
    }

    /** The topic that it is about. */
    public String topic() {
        return topic;
    }

    /** Where its files are. */
    public Path directory() {
        return directory;
    }

    /** A file for one more client. */
    public HistoryWriter client(String kind) throws IOException {
        String name = "%s-%03d".formatted(kind, clients.incrementAndGet());
        return HistoryWriter.create(directory, name, System::nanoTime);
    }

    /** A number for one more producer. */
    int nextProducer() {
        return producers.incrementAndGet();
    }

    /** Deletes its files: for those that nothing is wrong with. */
    public void delete() throws IOException {
        if (Files.notExists(directory)) {
            return;
        }
        List<Path> all = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(directory)) {
            walk.sorted(Comparator.reverseOrder()).forEach(all::add);
        }
        for (Path each : all) {
            Files.delete(each);
        }
    }
}
