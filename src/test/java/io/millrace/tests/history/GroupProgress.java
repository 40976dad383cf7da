package io.millrace.tests.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** How far the members of a group have come, by what they have written down so far. */
public final class GroupProgress {

    private record Owner(String member, int epoch, boolean holds) {}

    private final Map<Integer, Owner> owners = new TreeMap<>();
    private final Map<Integer, Long> committed = new TreeMap<>();

    private int losses;
    private long received;

    private GroupProgress() {}

    /**
     * Reads the histories of members.
     *
     * @param prefix how the members' names begin
     */
    public static GroupProgress read(Path directory, String prefix) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files =
                    all.filter(file -> file.getFileName().toString().startsWith(prefix))
                            .filter(file -> file.toString().endsWith(HistoryWriter.SUFFIX))
                            .toList();
        }
        GroupProgress progress = new GroupProgress();
        for (Path file : files) {
            if (Files.size(file) >= HistoryWriter.ENTRY_BYTES) {
                progress.take(HistoryFile.open(file));
            }
        }
        return progress;
    }

    /** Who holds which partition; who has died holds on until somebody follows. */
    public Map<Integer, String> owners() {
        Map<Integer, String> held = new TreeMap<>();
        owners.forEach(
                (partition, owner) -> {
                    if (owner.holds) {
                        held.put(partition, owner.member);
                    }
                });
        return held;
    }

    /** The highest offset that was committed, by partition. */
    public Map<Integer, Long> committed() {
        return committed;
    }

    /** How many deliveries a queue has made. */
    public long received() {
        return received;
    }

    /** How often a partition was lost. */
    public int losses() {
        return losses;
    }

    private void take(HistoryFile file) {
        for (int i = 0; i < file.size(); i++) {
            int partition = file.partition(i);
            switch (file.kind(i)) {
                case ASSIGNED -> own(partition, new Owner(file.client(), file.extra(i), true));
                case REVOKED -> own(partition, new Owner(file.client(), file.extra(i), false));
                case LOST -> {
                    losses++;
                    own(partition, new Owner(file.client(), file.extra(i), false));
                }
                case RECEIVED -> received++;
                case COMMIT_OK -> committed.merge(partition, file.offset(i), Math::max);
                default -> {}
            }
        }
    }

    private void own(int partition, Owner owner) {
        owners.merge(partition, owner, (old, other) -> other.epoch >= old.epoch ? other : old);
    }
}
