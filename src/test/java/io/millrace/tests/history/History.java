package io.millrace.tests.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What all clients of a run did and saw: the files of one directory, about one topic. */
public final class History {

    private final List<HistoryFile> files;

    /** Per file: its events, partition by partition, each in order; those about all come last. */
    private final int[][] events;

    /** Per file: where the events of each partition begin in there. */
    private final int[][] starts;

    private final int partitionCount;

    private History(List<HistoryFile> files) {
        this.files = files;
        int highest = -1;
        for (HistoryFile file : files) {
            for (int i = 0; i < file.size(); i++) {
                if (file.partition(i) != HistoryWriter.ALL_PARTITIONS) {
                    highest = Math.max(highest, file.partition(i));
                }
            }
        }
        partitionCount = highest + 1;
        events = new int[files.size()][];
        starts = new int[files.size()][];
        for (int i = 0; i < files.size(); i++) {
            sort(i);
        }
    }

    /** Opens a directory. */
    public static History open(Path directory) throws IOException {
        List<Path> paths;
        try (Stream<Path> all = Files.list(directory)) {
            paths =
                    all.filter(file -> file.toString().endsWith(HistoryWriter.SUFFIX))
                            .sorted()
                            .toList();
        }
        if (paths.isEmpty()) {
            throw new IOException("no *" + HistoryWriter.SUFFIX + " files are in " + directory);
        }
        List<HistoryFile> files = new ArrayList<>();
        for (Path path : paths) {
            files.add(HistoryFile.open(path));
        }
        return new History(files);
    }

    /** How many partitions there are: one more than the highest that anybody named. */
    public int partitionCount() {
        return partitionCount;
    }

    long eventCount() {
        return files.stream().mapToLong(HistoryFile::size).sum();
    }

    /** What a client is called. */
    String client(int number) {
        return files.get(number).client();
    }

    /** The events of a partition in the order of their times. */
    Events partition(int partition) {
        return new Events(files, events, starts, partition);
    }

    /** The events that are about all partitions, in the order of their times. */
    Events markers() {
        return new Events(files, events, starts, partitionCount);
    }

    /** A counting sort by partition, which keeps the order within each. */
    private void sort(int number) {
        HistoryFile file = files.get(number);
        int[] next = new int[partitionCount + 2];
        for (int i = 0; i < file.size(); i++) {
            next[bucket(file, i) + 1]++;
        }
        Arrays.parallelPrefix(next, Integer::sum);
        starts[number] = next.clone();
        events[number] = new int[file.size()];
        for (int i = 0; i < file.size(); i++) {
            events[number][next[bucket(file, i)]++] = i;
        }
    }

    private int bucket(HistoryFile file, int event) {
        return Math.min(file.partition(event), partitionCount);
    }
}
