package io.millrace.broker.subscription;

import io.millrace.broker.partition.LogReader;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.io.IOException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One partition of a subscription cannot be followed on, so that the subscription ends. */
final class PartitionFailure extends Exception {

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(PartitionFailure.class);

    private final int handle;

    private PartitionFailure(int handle, MillraceException reason) {
        super(reason);
        this.handle = handle;
    }

    static PartitionFailure of(int handle, MillraceException reason) {
        return new PartitionFailure(handle, reason);
    }

    int handle() {
        return handle;
    }

    MillraceException reason() {
        return (MillraceException) getCause();
    }

    /** Something done with one partition. */
    interface Step<T> {
        T run() throws IOException;
    }

    /**
     * Does it; if it fails for a reason that the subscriber is to hear, says at which partition.
     */
    static <T> T guard(FollowedPartition followed, Step<T> step)
            throws PartitionFailure, IOException {
        try {
            return step.run();
        } catch (MillraceException e) {
            throw new PartitionFailure(followed.handle(), e);
        } catch (LogReader.MissingException e) {
            throw new PartitionFailure(followed.handle(), missing(followed, e));
        } catch (LogReader.CorruptLogException e) {
            if (followed.served().corruptionFound(e)) {
                throw new PartitionFailure(followed.handle(), missing(followed, e));
            }
            LOG.error("stored records of {} cannot be read", followed.name(), e);
            throw new PartitionFailure(followed.handle(), corrupt(followed, e));
        } catch (IOException | RuntimeException e) {
            if (!followed.served().isHere()) {
                // Its files are being closed under our hands.
                throw new PartitionFailure(followed.handle(), followed.served().elsewhere());
            }
            throw e;
        }
    }

    /** As above, for what does not touch the log. */
    static <T> T guard(int handle, Supplier<T> step) throws PartitionFailure {
        try {
            return step.get();
        } catch (MillraceException e) {
            throw new PartitionFailure(handle, e);
        }
    }

    private static MillraceException missing(FollowedPartition followed, Exception e) {
        return followed.served()
                .toAnother(
                        MillraceException.of(
                                ErrorCode.BEHIND,
                                "%s cannot be read here: %s, they are being fetched; turn to another replica"
                                        .formatted(followed.name(), e.getMessage())));
    }

    private static MillraceException corrupt(FollowedPartition followed, Exception e) {
        return MillraceException.of(
                ErrorCode.CORRUPT_LOG,
                "stored records of %s cannot be read: %s; subscribe from behind them to go on"
                        .formatted(followed.name(), e.getMessage()));
    }
}
