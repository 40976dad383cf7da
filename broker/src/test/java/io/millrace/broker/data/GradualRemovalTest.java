package io.millrace.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GradualRemovalTest {

    private static final long PIECE = GradualRemoval.PIECE_BYTES;

    @TempDir private Path directory;

    /** The length of the large file at each pause. */
    private final List<Long> lengths = new ArrayList<>();

    private boolean wanted = true;

    @Test
    void shouldFreeLargeFilesPieceByPiece() throws IOException {
        Path root = tree(3 * PIECE + 5);

        assertThat(removal(root).remove(root)).isTrue();

        assertThat(root).doesNotExist();
        assertThat(lengths).containsExactly(2 * PIECE + 5, PIECE + 5, 5L);
    }

    @Test
    void shouldRemoveSmallFilesWithoutWaiting() throws IOException {
        Path root = tree(PIECE);

        assertThat(removal(root).remove(root)).isTrue();

        assertThat(root).doesNotExist();
        assertThat(lengths).isEmpty();
    }

    /** A reader that has a file mapped goes on reading what was there. */
    @Test
    void shouldNeverCutFilesThatSomebodyMayRead() throws IOException {
        Path root = tree(3 * PIECE + 5);
        Files.createFile(root.resolve("segment").resolve("small"));

        assertThat(new GradualRemoval(false, () -> true, () -> note(root)).remove(root)).isTrue();

        assertThat(root).doesNotExist();
        assertThat(lengths).as("it is gone before the first pause").containsOnly(0L).hasSize(3);
    }

    @Test
    void shouldStopBetweenPiecesAndGoOnLater() throws IOException {
        Path root = tree(9 * PIECE);
        GradualRemoval removal =
                new GradualRemoval(
                        true,
                        () -> wanted,
                        () -> {
                            note(root);
                            wanted = lengths.size() < 2;
                        });

        assertThat(removal.remove(root)).isFalse();
        assertThat(lengths).containsExactly(8 * PIECE, 7 * PIECE);
        assertThat(large(root)).exists();

        wanted = true;
        lengths.clear();
        assertThat(removal(root).remove(root)).isTrue();
        assertThat(lengths.get(0)).isEqualTo(6 * PIECE);
        assertThat(root).doesNotExist();
    }

    @Test
    void shouldStopInAThreadThatIsInterrupted() throws IOException {
        Path root = tree(9 * PIECE);
        GradualRemoval removal =
                new GradualRemoval(true, () -> true, () -> Thread.currentThread().interrupt());

        assertThat(removal.remove(root)).isFalse();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(large(root)).exists();
    }

    @Test
    void shouldTakeWhatIsNotThereForRemoved() throws IOException {
        Path root = directory.resolve("nothing");

        assertThat(removal(root).remove(root)).isTrue();
    }

    @Test
    void shouldRemoveLinksAndNotWhatTheyPointTo() throws IOException {
        Path root = tree(1);
        Path elsewhere = Files.createFile(directory.resolve("elsewhere"));
        Files.createSymbolicLink(root.resolve("link"), elsewhere);

        assertThat(removal(root).remove(root)).isTrue();

        assertThat(elsewhere).exists();
    }

    private GradualRemoval removal(Path root) {
        return new GradualRemoval(true, () -> wanted, () -> note(root));
    }

    private void note(Path root) {
        lengths.add(large(root).toFile().length());
    }

    private static Path large(Path root) {
        return root.resolve("segment").resolve("large");
    }

    private Path tree(long bytes) throws IOException {
        Path root = directory.resolve("root");
        Files.createDirectories(root.resolve("segment"));
        try (RandomAccessFile file = new RandomAccessFile(large(root).toFile(), "rw")) {
            file.setLength(bytes);
        }
        return root;
    }
}
