package io.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrashTest {

    private static final Path PARTITION = Path.of("partition-1");

    /** What is to be removed at leisure. */
    private final List<Runnable> later = new ArrayList<>();

    @TempDir private Path directory;

    private Trash trash;

    @BeforeEach
    void open() throws IOException {
        trash = Trash.open(directory.resolve("trash"), later::add);
    }

    @Test
    void shouldGiveBackASegmentUntilItIsEmptied() throws IOException {
        Path segment = segment("segment-7");
        assertThat(trash.isEmpty()).isTrue();
        trash.take(segment);
        assertThat(trash.isEmpty()).isFalse();
        assertThat(segment).doesNotExist();
        assertThat(trash.segments(PARTITION)).hasSize(1);

        trash.restore(segment);
        assertThat(segment.resolve("data")).exists();

        trash.take(segment);
        trash.empty();
        trash.restore(segment);
        assertThat(segment).doesNotExist();
        assertThat(trash.segments(PARTITION)).isEmpty();
    }

    @Test
    void shouldRemoveAtLeisureAndWaitForNoCheckpointMeanwhile() throws IOException {
        trash.take(segment("segment-7"));
        trash.empty();
        trash.empty();

        assertThat(trash.isEmpty()).isTrue();
        assertThat(left()).hasSize(1);
        assertThat(later).hasSize(1);

        trash.take(segment("segment-8"));
        later.remove(0).run();
        assertThat(left()).as("not what came later").hasSize(1);
        assertThat(trash.isEmpty()).isFalse();
        trash.empty();
        later.remove(0).run();
        assertThat(left()).isEmpty();
    }

    /** A process that dies while it removes leaves halves of segments behind. */
    @Test
    void shouldNeverGiveBackWhatAnEarlierLifeHasBegunToRemove() throws IOException {
        Path segment = segment("segment-7");
        trash.take(segment);
        trash.empty();
        Trash next = Trash.open(directory.resolve("trash"), later::add);

        next.restore(segment);
        assertThat(segment).doesNotExist();
        assertThat(next.isEmpty()).isFalse();
        next.take(segment("segment-8"));
        next.empty();
        assertThat(left()).as("each has a name of its own").hasSize(2);
        later.get(1).run();

        assertThat(left()).isEmpty();
    }

    @Test
    void shouldLeaveTheFilesAloneOnceItIsClosed() throws IOException {
        trash.take(segment("segment-7"));
        trash.empty();
        trash.close();

        later.remove(0).run();

        assertThat(left()).hasSize(1);
    }

    @Test
    void shouldTakeADirectoryThatWasDiscardedForEmpty() throws IOException {
        trash.take(segment("segment-7"));
        trash.empty();
        Files.move(directory.resolve("trash"), directory.resolve("elsewhere"));

        later.remove(0).run();

        assertThat(trash.isEmpty()).isTrue();
    }

    private List<Path> left() throws IOException {
        return Trash.list(directory.resolve("trash"));
    }

    private Path segment(String name) throws IOException {
        Path segment = directory.resolve(PARTITION).resolve(name);
        Files.createDirectories(segment);
        Files.createFile(segment.resolve("data"));
        return segment;
    }
}
