package io.millrace.tests.cluster;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Flips bits in files of a broker that does not run. */
final class Rot {

    private static final int BLOCK = 4_096;

    private Rot() {}

    /**
     * Flips one bit in each of some blocks of the newest segment of a write-ahead log: so near to
     * the end that no checkpoint has made them useless yet, but with enough behind them to show
     * that it is no torn end.
     *
     * @return what was done
     */
    static String inWal(Path dataDir, Random random) throws IOException {
        Path newest = newestSegment(dataDir.resolve("wal"));
        try (RandomAccessFile file = new RandomAccessFile(newest.toFile(), "rw")) {
            List<Long> written = writtenBlocks(file);
            int size = written.size();
            List<Long> live = written.subList(size * 15 / 16, Math.max(size * 31 / 32, 1));
            StringBuilder done = new StringBuilder("bits flipped in " + newest + " at");
            for (int i = 0; i < 3; i++) {
                long at =
                        live.get(random.nextInt(live.size()))
                                + BLOCK / 2
                                + random.nextInt(BLOCK / 4);
                file.seek(at);
                int old = file.read();
                file.seek(at);
                file.write(old ^ 1 << random.nextInt(8));
                done.append(' ').append(at);
            }
            return done.toString();
        }
    }

    /** The segment in which the log goes on: of those that hold anything, the last one written. */
    private static Path newestSegment(Path wal) throws IOException {
        List<Path> segments;
        try (Stream<Path> files = Files.list(wal)) {
            segments =
                    files.filter(file -> file.toString().endsWith(".wal"))
                            .sorted(Comparator.comparing(Rot::lastModified).reversed())
                            .toList();
        }
        for (Path segment : segments) {
            try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "r")) {
                if (writtenBlocks(file).size() > 64) {
                    return segment;
                }
            }
        }
        throw new IOException("no segment in " + wal + " holds anything");
    }

    private static List<Long> writtenBlocks(RandomAccessFile file) throws IOException {
        List<Long> written = new ArrayList<>();
        byte[] block = new byte[BLOCK];
        // The first block is the header's.
        for (long at = BLOCK; at + BLOCK <= file.length(); at += BLOCK) {
            file.seek(at);
            file.readFully(block);
            if (!isZero(block)) {
                written.add(at);
            }
        }
        return written;
    }

    private static boolean isZero(byte[] block) {
        for (byte each : block) {
            if (each != 0) {
                return false;
            }
        }
        return true;
    }

    private static FileTime lastModified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
