package io.millrace.perf.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * What a disk was given to write since the machine started, by whomever.
 *
 * @param writtenBytes all of it
 */
public record DiskSample(long writtenBytes) {

    private static final Path BLOCK_DEVICES = Path.of("/sys/class/block");

    /** The kernel counts in these, whatever the disk has. */
    private static final int SECTOR_BYTES = 512;

    private static final int SECTORS_WRITTEN = 6;

    /**
     * Of the disk below a directory; empty if that is no disk of this machine, but memory, or files
     * of another file system. Blocks for well under a millisecond.
     */
    public static OptionalLong writtenBelow(Path directory) throws IOException {
        return writtenBelow(BLOCK_DEVICES, Path.of(Files.getFileStore(directory).name()));
    }

    static OptionalLong writtenBelow(Path devices, Path device) throws IOException {
        if (!Files.exists(device)) {
            return OptionalLong.empty();
        }
        // A volume has a name that leads to the device's own.
        Path stat = devices.resolve(device.toRealPath().getFileName()).resolve("stat");
        return Files.isReadable(stat)
                ? OptionalLong.of(parse(Files.readString(stat)).writtenBytes())
                : OptionalLong.empty();
    }

    /**
     * From the text of /sys/class/block/NAME/stat.
     *
     * @throws IllegalArgumentException if it is not what the kernel shows
     */
    public static DiskSample parse(String stat) {
        String[] words = stat.strip().split(" +");
        if (words.length <= SECTORS_WRITTEN) {
            throw new IllegalArgumentException("too few columns in: " + stat);
        }
        return new DiskSample(SECTOR_BYTES * Long.parseLong(words[SECTORS_WRITTEN]));
    }
}
