package io.millrace.raft.wal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segment files as an earlier life left them.
 *
 * @param chain the segments that are needed, oldest first
 * @param spare the files that can be written
 * @param damaged files that were in use, and nobody knows any more as what; they are evidence, to
 *     be removed only when it is durable elsewhere what that means
 * @param nextId a number for the next file's name
 */
record SegmentDirectory(
        List<Segment> chain, List<SegmentFile> spare, List<SegmentFile> damaged, int nextId) {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentDirectory.class);

    /** Opens all files; whatever fails, none stays open. */
    static SegmentDirectory open(WalFiles files) throws IOException {
        List<SegmentFile> opened = new ArrayList<>();
        try {
            return sort(files, opened);
        } catch (IOException | RuntimeException e) {
            for (SegmentFile file : opened) {
                try {
                    file.file().close();
                } catch (IOException suppressed) {
                    e.addSuppressed(suppressed);
                }
            }
            throw e;
        }
    }

    private static SegmentDirectory sort(WalFiles files, List<SegmentFile> opened)
            throws IOException {
        int nextId = 1;
        List<SegmentFile> damaged = new ArrayList<>();
        List<Segment> used = new ArrayList<>();
        List<SegmentFile> spare = new ArrayList<>();
        for (String name : files.list().stream().sorted().toList()) {
            if (name.endsWith(SegmentFile.UNFINISHED)) {
                files.delete(name);
                continue;
            }
            int id = SegmentFile.idOf(name);
            if (id < 0) {
                continue;
            }
            nextId = Math.max(nextId, id + 1);
            SegmentFile file = open(files, name, id);
            opened.add(file);
            SegmentHeader header = SegmentHeader.read(file.file());
            if (header != null) {
                used.add(new Segment(file, header));
                continue;
            }
            if (SegmentHeader.isBlank(file.file())) {
                spare.add(file);
            } else {
                LOG.error("{} is damaged: it has no valid head", file.file());
                damaged.add(file);
            }
        }
        List<Segment> chain = needed(used, spare);
        return new SegmentDirectory(chain, List.copyOf(spare), damaged, nextId);
    }

    private static SegmentFile open(WalFiles files, String name, int id) throws IOException {
        WalFile file = files.open(name);
        try {
            long bytes = file.size();
            if (bytes < SegmentHeader.DATA_START || bytes > 1 << 30 || bytes % Block.BYTES != 0) {
                throw new IOException(
                        file + " has " + bytes + " bytes, no segment can have that; was it cut?");
            }
            return new SegmentFile(id, file, (int) bytes);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** The newest segment says which one is the oldest that counts; those before it are spare. */
    private static List<Segment> needed(List<Segment> used, List<SegmentFile> spare)
            throws IOException {
        if (used.isEmpty()) {
            return List.of();
        }
        used.sort(Comparator.comparingLong(Segment::number));
        long oldest = used.get(used.size() - 1).header().oldestNeeded();
        List<Segment> chain = new ArrayList<>();
        Set<Long> numbers = new HashSet<>();
        for (Segment segment : used) {
            if (segment.number() < oldest) {
                spare.add(segment.slot());
            } else if (numbers.add(segment.number())) {
                chain.add(segment);
            } else {
                throw new IOException(
                        segment.file()
                                + " and another file both are segment "
                                + segment.number()
                                + "; was a file copied into the directory?");
            }
        }
        return List.copyOf(chain);
    }
}
