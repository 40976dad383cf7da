package io.millrace.broker.partition;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of directories: by ids only, and sorted by offset. */
final class SegmentDirectories {

    private static final Pattern SEGMENT = Pattern.compile("[0-9]{20}-([0-9]{10,18})");

    private SegmentDirectories() {}

    static String partition(long partitionId) {
        return "partition-" + partitionId;
    }

    static String segment(long baseOffset, long number) {
        return String.format("%020d-%010d", baseOffset, number);
    }

    /** The highest number of the segments on the disk, in place or in the trash; 0 if none. */
    static long highestNumber(Path partition, Trash trash) throws IOException {
        long highest = 0;
        if (Files.isDirectory(partition)) {
            for (Path segment : Trash.list(partition)) {
                highest = Math.max(highest, number(segment));
            }
        }
        for (Path segment : trash.segments(partition.getFileName())) {
            highest = Math.max(highest, number(segment));
        }
        return highest;
    }

    private static long number(Path segment) {
        Matcher name = SEGMENT.matcher(segment.getFileName().toString());
        return name.matches() ? Long.parseLong(name.group(1)) : 0;
    }

    /** Makes the names in a directory durable. */
    static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
