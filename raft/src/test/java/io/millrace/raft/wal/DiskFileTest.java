package io.millrace.raft.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskFileTest {

    @TempDir private Path directory;

    /** An interrupt closes a channel under its reader; Raft's threads are interrupted at will. */
    @Test
    void shouldSurviveAReaderThatIsInterrupted() throws IOException {
        WalFiles files = new DiskFiles(directory);
        try (WalFile file = files.create("a")) {
            file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 0);
            Thread.currentThread().interrupt();
            ByteBuffer into = ByteBuffer.allocate(2);
            file.read(into, 1);
            assertThat(Thread.interrupted()).as("still interrupted").isTrue();
            assertThat(into.array()).containsExactly(2, 3);
            file.write(ByteBuffer.wrap(new byte[] {4}), 3);
            file.force();
            file.read(into.clear(), 2);
            assertThat(into.array()).containsExactly(3, 4);
        }
    }

    @Test
    void shouldSayWhenAFileEndsTooEarlyOrIsClosed() throws IOException {
        WalFiles files = new DiskFiles(directory);
        WalFile file = files.create("a");
        assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1), 0))
                .isInstanceOf(EOFException.class);
        file.close();
        assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1), 0))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> files.create("a")).isInstanceOf(IOException.class);
        files.rename("a", "b");
        files.forceDirectory();
        assertThat(files.list()).containsExactly("b");
        files.delete("b");
        assertThat(files.list()).isEmpty();
    }
}
