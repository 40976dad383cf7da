package io.millrace.perf.host;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/** Reads {@code /proc}. Takes well under a millisecond a process; thread-safe. */
public final class ProcFiles {
    private static final String RESET_PEAK = "5";

    private final Path root;

    /** Of this machine. */
    public ProcFiles() {
        this(Path.of("/proc"));
    }

    ProcFiles(Path root) {
        this.root = root;
    }

    /** Whether this system has what is read here. */
    public boolean isThere() {
        return Files.isReadable(root.resolve("stat"))
                && Files.isReadable(root.resolve("self").resolve("io"));
    }

    /**
     * Of a process.
     *
     * @throws IOException if it is gone, or belongs to somebody else
     */
    public ProcSample process(long pid) throws IOException {
        Path directory = root.resolve(Long.toString(pid));
        int files;
        try (Stream<Path> all = Files.list(directory.resolve("fd"))) {
            files = (int) all.count();
        }
        int maps;
        try (Stream<String> lines = Files.lines(directory.resolve("maps"))) {
            maps = (int) lines.count();
        }
        return ProcSample.parse(
                Files.readString(directory.resolve("stat")),
                Files.readString(directory.resolve("io")),
                Files.readString(directory.resolve("status")),
                files,
                maps);
    }

    /**
     * Lets the peak of a process's memory begin anew from what it has now.
     *
     * @return false if this kernel cannot
     * @throws IOException if the process is gone
     */
    public boolean resetPeak(long pid) throws IOException {
        Path directory = root.resolve(Long.toString(pid));
        try {
            Files.writeString(
                    directory.resolve("clear_refs"), RESET_PEAK, StandardOpenOption.WRITE);
            return true;
        } catch (NoSuchFileException | AccessDeniedException e) {
            // Built without it, or kept from us by a container.
            if (Files.notExists(directory)) {
                throw e;
            }
            return false;
        }
    }

    /** Of the machine's memory. */
    public MemorySample memory() throws IOException {
        return MemorySample.parse(Files.readString(root.resolve("meminfo")));
    }

    /** Of the machine. */
    public MachineSample machine() throws IOException {
        return MachineSample.parse(Files.readString(root.resolve("stat")));
    }
}
