package io.millrace.perf.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskSampleTest {

    private static final String STAT =
            " 4565670   482920 129079058  2967723 15798486  4048435 1435808104  7381595 0 3324288\n";

    @TempDir Path directory;

    @Test
    void shouldReadWhatTheKernelShows() {
        assertThat(DiskSample.parse(STAT).writtenBytes()).isEqualTo(1435808104L * 512);
    }

    @Test
    void shouldRefuseWhatTheKernelDoesNotShow() {
        assertThatThrownBy(() -> DiskSample.parse("1 2 3"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 2 3");
    }

    @Test
    void shouldFindTheDiskByTheNameThatAVolumeLeadsTo() throws IOException {
        Path devices = Files.createDirectories(directory.resolve("block"));
        Path own = Files.createFile(directory.resolve("dm-0"));
        Path volume = Files.createSymbolicLink(directory.resolve("data"), own);
        Files.createDirectories(devices.resolve("dm-0"));

        assertThat(DiskSample.writtenBelow(devices, volume)).as("no numbers").isEmpty();

        Files.writeString(devices.resolve("dm-0").resolve("stat"), STAT);

        assertThat(DiskSample.writtenBelow(devices, volume)).hasValue(1435808104L * 512);
        assertThat(DiskSample.writtenBelow(devices, Path.of("tmpfs"))).isEmpty();
    }
}
