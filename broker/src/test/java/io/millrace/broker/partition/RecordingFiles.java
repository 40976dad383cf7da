package io.millrace.broker.partition;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Files on the disk that remember what is done to them, complain when a filling overwrites
 * something or a dirty file is closed, and fail to be forced when told.
 */
final class RecordingFiles implements DataFile.Opener {

    final List<String> complaints = new ArrayList<>();
    private final Map<Path, Boolean> dirty = new HashMap<>();
    private final Map<Path, Integer> forces = new HashMap<>();
    private int open;
    private long forceFailures;
    private boolean expectCloses;
    private IOException openFailure;

    /** The file of a segment's directory is about to be written through a map. */
    synchronized void touch(Path segmentDirectory) {
        dirty.put(segmentDirectory, true);
    }

    synchronized int open() {
        return open;
    }

    synchronized int forces(Path segmentDirectory) {
        return forces.getOrDefault(segmentDirectory, 0);
    }

    synchronized int allForces() {
        return forces.values().stream().mapToInt(Integer::intValue).sum();
    }

    synchronized boolean isDirty(Path segmentDirectory) {
        return dirty.getOrDefault(segmentDirectory, false);
    }

    synchronized void failNextForce() {
        forceFailures = 1;
    }

    synchronized void failNextOpen(IOException failure) {
        openFailure = failure;
    }

    /** From now on dirty files may be closed: the store is being closed. */
    synchronized void expectCloses() {
        expectCloses = true;
    }

    @Override
    public synchronized DataFile open(Path path) throws IOException {
        if (openFailure != null) {
            IOException failure = openFailure;
            openFailure = null;
            throw failure;
        }
        DataFile file = DataFile.onDisk(path);
        open++;
        Path segment = path.getParent();
        return new DataFile() {
            @Override
            public void write(ByteBuffer bytes, long position) throws IOException {
                checkEmpty(segment, position, bytes.remaining());
                touch(segment);
                file.write(bytes, position);
            }

            @Override
            public void force() throws IOException {
                synchronized (RecordingFiles.this) {
                    if (forceFailures > 0) {
                        forceFailures--;
                        throw new IOException("Input/output error");
                    }
                    dirty.put(segment, false);
                    forces.merge(segment, 1, Integer::sum);
                }
                file.force();
            }

            @Override
            public void close() throws IOException {
                synchronized (RecordingFiles.this) {
                    open--;
                    if (!expectCloses && isDirty(segment)) {
                        complaints.add("closed while dirty: " + segment);
                    }
                }
                file.close();
            }
        };
    }

    private void checkEmpty(Path segment, long position, int length) throws IOException {
        Path path = segment.resolve(SegmentQueue.FILE_NAME);
        if (!Files.exists(path)) {
            return;
        }
        byte[] there = new byte[length];
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            file.seek(position);
            int read = 0;
            while (read < length) {
                int more = file.read(there, read, length - read);
                if (more < 0) {
                    break;
                }
                read += more;
            }
        }
        for (byte b : there) {
            if (b != 0) {
                synchronized (this) {
                    complaints.add("overwritten at " + position + ": " + path);
                }
                return;
            }
        }
    }
}
