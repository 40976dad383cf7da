package io.millrace.broker.receiving;

import io.millrace.broker.partition.LogReader;
import io.millrace.protocol.batch.CorruptBatchException;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;

/** What members are told when records cannot be read. */
final class ReadFailures {

    private ReadFailures() {}

    /**
     * Why the streams of a queue are to end; null if time will mend it: then they wait.
     *
     * <p>Records that other replicas have are fetched from them.
     */
    static MillraceException reason(Throwable failure, QueueSource source) {
        if (failure instanceof LogReader.TrimmedException
                || failure instanceof LogReader.MissingException
                || !source.partition().exists()) {
            return null;
        }
        if (failure instanceof LogReader.CorruptLogException corrupt) {
            boolean willBeFetched =
                    source.shard()
                            .view()
                            .corruptionFound(source.partition().partitionId(), corrupt);
            return willBeFetched ? null : corrupt(failure, source);
        }
        return failure instanceof CorruptBatchException
                ? corrupt(failure, source)
                : MillraceException.of(
                        ErrorCode.INTERNAL,
                        "reading %s failed: %s".formatted(source.name(), failure));
    }

    private static MillraceException corrupt(Throwable failure, QueueSource source) {
        return MillraceException.of(
                ErrorCode.CORRUPT_LOG,
                "stored records of %s cannot be read: %s; trim the topic behind them to go on"
                        .formatted(source.name(), failure.getMessage()));
    }
}
