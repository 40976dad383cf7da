package io.millrace.tests.processes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A small ext4 disk in a file: one that fills up soon, and whose power can be cut. Needs root and
 * loop devices; tests are skipped, and say so, where they are not to be had.
 */
public final class LoopDisk implements AutoCloseable {

    private static final long TOOL_SECONDS = 60;

    private final Path image;
    private final Path mountPoint;
    private final Thread atExit = new Thread(this::close, "unmount");
    private boolean mounted;

    private LoopDisk(Path image, Path mountPoint) {
        this.image = image;
        this.mountPoint = mountPoint;
    }

    /**
     * Makes an empty disk and mounts it, or skips the test.
     *
     * @param directory where its file and its mount point go
     * @param options of mount
     */
    public static LoopDisk create(Path directory, int mebibytes, String options)
            throws InterruptedException {
        LoopDisk disk = new LoopDisk(directory.resolve("disk.img"), directory.resolve("disk"));
        try {
            try (RandomAccessFile file = new RandomAccessFile(disk.image.toFile(), "rw")) {
                file.setLength((long) mebibytes << 20);
            }
            // Without blocks kept for root, so that what is free is free for the broker.
            run("mkfs.ext4", "-q", "-F", "-m", "0", disk.image.toString());
            disk.mount(options);
        } catch (IOException e) {
            String why = "no disk can be mounted here: " + e.getMessage();
            System.err.println("SKIPPED: " + why);
            Assumptions.abort(why);
        }
        return disk;
    }

    /**
     * What the disk holds if the power fails now: all that was forced, and whatever else the kernel
     * has written of its own accord. Mounted beside it.
     */
    public LoopDisk afterPowerCut(Path directory, String options)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        LoopDisk copy = new LoopDisk(directory.resolve("disk.img"), directory.resolve("disk"));
        run("cp", "--sparse=always", image.toString(), copy.image.toString());
        copy.mount(options);
        return copy;
    }

    /** Where its files are. */
    public Path path() {
        return mountPoint;
    }

    /** The file that it is in. */
    public Path image() {
        return image;
    }

    /** Writes a file until nothing more fits. */
    void fill(Path file) throws IOException {
        byte[] block = new byte[1 << 20];
        for (int size = block.length; size >= 512; size /= 2) {
            try (RandomAccessFile filler = new RandomAccessFile(file.toFile(), "rw")) {
                filler.seek(filler.length());
                while (true) {
                    filler.write(block, 0, size);
                }
            } catch (IOException e) {
                if (!String.valueOf(e.getMessage()).contains("No space left")) {
                    throw e;
                }
            }
        }
    }

    private void mount(String options) throws IOException, InterruptedException {
        Files.createDirectories(mountPoint);
        run("mount", "-o", "loop," + options, image.toString(), mountPoint.toString());
        mounted = true;
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Unmounts it, also if somebody still has a file of it open. */
    @Override
    public synchronized void close() {
        if (!mounted) {
            return;
        }
        mounted = false;
        try {
            run("umount", "--lazy", mountPoint.toString());
            if (Thread.currentThread() != atExit) {
                Runtime.getRuntime().removeShutdownHook(atExit);
            }
        } catch (IOException e) {
            System.err.println("cannot unmount " + mountPoint + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("tool", ".out");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            if (!process.waitFor(TOOL_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(
                        List.of(command) + " took longer than " + TOOL_SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException(
                        List.of(command) + ": " + Files.readString(output, UTF_8).strip());
            }
        } finally {
            Files.delete(output);
        }
    }
}
