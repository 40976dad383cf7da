package io.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WarmUpTest {

    @TempDir private Path directory;

    @Test
    void shouldLeaveNothingBehindWhateverAnEarlierOneLeft() throws IOException {
        Path scratch = directory.resolve("warm-up");
        Files.createDirectories(scratch.resolve("partition-1/left"));
        Files.writeString(scratch.resolve("partition-1/left/over"), "by a kill");

        WarmUp.run(scratch, 0, System::nanoTime);

        assertThat(scratch).doesNotExist();
    }
}
