package io.millrace.broker.partition;

import java.nio.file.Path;
import java.util.function.LongSupplier;

/** What the logs of one store share. */
record StoreContext(
        OpenSegments open,
        LogForcer forcer,
        Trash trash,
        DataFile.Opener opener,
        DiskSpace space,
        RecentMemory recent,
        LongSupplier nanoTime) {

    SegmentFile file(Path segmentDirectory) {
        return new SegmentFile(segmentDirectory, opener, space);
    }
}
