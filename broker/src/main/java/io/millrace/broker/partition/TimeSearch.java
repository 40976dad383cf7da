package io.millrace.broker.partition;

import io.millrace.broker.partition.LogReader.MissingException;
import io.millrace.broker.partition.LogReader.TrimmedException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds offsets by append time. Thread-safe. */
record TimeSearch(ChroniclePartitionLog log, OpenSegments open) {

    private static final Logger LOG = LoggerFactory.getLogger(TimeSearch.class);

    /**
     * The offset of the first batch appended at or after a time; the log end if there is none.
     *
     * @throws MissingException if that batch may lie in a hole
     */
    long offsetAt(long timestampMs) throws IOException {
        while (true) {
            long end = log.endOffset();
            LogView view = log.view();
            Segment segment = view.findTime(timestampMs);
            OffsetRange hole = view.missingBefore(segment, timestampMs, end);
            if (hole != null) {
                throw new MissingException(log.partitionId(), hole);
            }
            if (segment == null) {
                return end;
            }
            try {
                return Math.max(open.offsetAt(segment, timestampMs), view.startOffset());
            } catch (TrimmedException e) {
                LOG.debug("{} was dropped during a search", segment);
            }
        }
    }
}
