package io.millrace.perf.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcSampleTest {

    private static final String STAT =
            "14913 (a) b (java) S 14911 14911 12130 0 -1 4194304 97 5 6 7 1234 56 8 9 20 0 41 0"
                    + " 4625250 3133440 394 18446744073709551615 1 2 3 0 0 0 0 0 0 0 0 0 17 1 0\n";
    private static final String IO =
            """
            rchar: 6976
            wchar: 12
            syscr: 10
            syscw: 1
            read_bytes: 4096
            write_bytes: 8192
            cancelled_write_bytes: 4096
            """;
    private static final String STATUS =
            """
            Name:	java
            VmPeak:	    2928 kB
            VmHWM:	    1848 kB
            VmRSS:	    1748 kB
            RssAnon:	     116 kB
            RssFile:	    1632 kB
            Threads:	41
            """;

    @TempDir Path proc;

    @Test
    void shouldReadWhatTheKernelShows() {
        assertThat(ProcSample.parse(STAT, IO, STATUS, 7, 300))
                .isEqualTo(
                        new ProcSample(
                                12_900, 8192, 1748 << 10, 116 << 10, 1848 << 10, 41, 7, 300));
    }

    @Test
    void shouldRefuseWhatTheKernelDoesNotShow() {
        assertThatThrownBy(() -> ProcSample.parse("14913 (java) S 1", IO, STATUS, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("14913 (java) S 1");
        assertThatThrownBy(() -> ProcSample.parse("", IO, STATUS, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ProcSample.parse(STAT, "", STATUS, 0, 0))
                .hasMessageContaining("write_bytes:");
    }

    @Test
    void shouldReadTheFilesOfAProcess() throws IOException {
        Path directory = Files.createDirectories(proc.resolve("42"));
        Files.writeString(directory.resolve("stat"), STAT);
        Files.writeString(directory.resolve("io"), IO);
        Files.writeString(directory.resolve("status"), STATUS);
        Files.writeString(directory.resolve("maps"), "a\nb\nc\n");
        Files.createDirectory(directory.resolve("fd"));
        Files.createFile(directory.resolve("fd").resolve("0"));
        Files.createFile(directory.resolve("fd").resolve("1"));

        ProcSample sample = new ProcFiles(proc).process(42);

        assertThat(sample.files()).isEqualTo(2);
        assertThat(sample.maps()).isEqualTo(3);
        assertThat(sample.dirtiedBytes()).isEqualTo(8192);
        assertThatThrownBy(() -> new ProcFiles(proc).process(43)).isInstanceOf(IOException.class);
    }

    @Test
    void shouldBeginThePeakAnew() throws IOException {
        Path directory = Files.createDirectories(proc.resolve("42"));
        Path clear = Files.writeString(directory.resolve("clear_refs"), "");
        Files.createDirectories(proc.resolve("43"));

        assertThat(new ProcFiles(proc).resetPeak(42)).isTrue();

        assertThat(clear).hasContent("5");
        assertThat(new ProcFiles(proc).resetPeak(43)).as("a kernel without it").isFalse();
        assertThatThrownBy(() -> new ProcFiles(proc).resetPeak(44)).isInstanceOf(IOException.class);
    }

    @Test
    void shouldTellWhatMemoryIsFree() throws IOException {
        Files.writeString(
                proc.resolve("meminfo"),
                "MemTotal:       24684092 kB\nMemFree:        21194792 kB\nMemAvailable: 1 kB\n");

        assertThat(new ProcFiles(proc).memory())
                .isEqualTo(new MemorySample(24684092L << 10, 21194792L << 10));
        assertThatThrownBy(() -> MemorySample.parse("MemTotal: 1 kB\n"))
                .hasMessageContaining("MemFree:");
    }

    @Test
    void shouldTellWhatOtherMachinesTook() {
        MachineSample before =
                MachineSample.parse(
                        "cpu  100 10 50 800 20 5 15 0 7 7\ncpu0 1 2 3 4 5 6 7 8 9 10\n");
        MachineSample after = MachineSample.parse("cpu  150 10 70 810 30 5 15 10 7 7\n");

        assertThat(before.total()).isEqualTo(1000);
        assertThat(after.stolenSince(before)).isEqualTo(0.1, within(1e-9));
        assertThat(after.busySince(before)).isEqualTo(0.7, within(1e-9));
        assertThat(before.stolenSince(before)).isZero();
        assertThatThrownBy(() -> MachineSample.parse("cpu 1 2 3"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
