package io.millrace.broker.deadletters;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.millrace.broker.queue.QueueProgress;
import io.millrace.protocol.batch.Header;
import io.millrace.v1.DeadLetter;
import io.millrace.v1.DeadLetterHeader;
import io.millrace.v1.ListDeadLettersResponse;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A page of the dead letters of one partition; of several copies of a record the first is shown.
 * Blocks on the disk. Used once, by one thread.
 */
final class ShelfPage {

    /** A page that is larger, in bytes, takes no other. */
    static final int FULL_BYTES = 1 << 20;

    private static final int VALUE_BYTES = 1_024;

    private final Shelf shelf;
    private final long from;
    private final int size;
    private final QueueProgress progress;
    private final ListDeadLettersResponse.Builder page = ListDeadLettersResponse.newBuilder();
    private final Set<DeadLetterOrigin> seen = new HashSet<>();
    private long noneOrDoubles;
    private long nextOffset = -1;
    private int bytes;

    /**
     * @param from the first offset to be shown
     * @param size how many at most
     */
    ShelfPage(Shelf shelf, long from, int size) {
        this.shelf = shelf;
        this.from = from;
        this.size = size;
        this.progress = shelf.progress();
    }

    /** Reads it. */
    ListDeadLettersResponse read() {
        long start = shelf.log().startOffset();
        long end = shelf.log().endOffset();
        long counted = ShelfScan.through(shelf, progress).visit(start, end, this::take);
        if (counted < end && nextOffset < 0 && from < end) {
            // More than can be counted at a time, and the page lies behind: only the page then.
            long reached =
                    ShelfScan.through(shelf, progress)
                            .visit(
                                    Math.max(from, counted),
                                    end,
                                    (offset, copy) -> take(offset, copy) && nextOffset < 0);
            nextOffset = nextOffset < 0 && reached < end ? reached : nextOffset;
        }
        if (!shelf.view().exists()) {
            throw shelf.deleted();
        }
        if (nextOffset >= 0) {
            page.setNextPageToken(PageToken.of(shelf.number(), nextOffset));
        }
        long open = Shelf.countOpen(progress, start, end);
        return page.setTotal(Math.max(0, open - noneOrDoubles)).build();
    }

    private boolean take(long offset, Optional<DeadLetterCopy> copy) {
        if (copy.isEmpty() || !seen.add(copy.get().origin())) {
            noneOrDoubles++;
        } else if (offset >= from && nextOffset < 0) {
            if (page.getDeadLettersCount() == size || bytes >= FULL_BYTES) {
                nextOffset = offset;
            } else {
                DeadLetter shown = shown(offset, copy.get());
                page.addDeadLetters(shown);
                bytes += shown.getSerializedSize();
            }
        }
        return true;
    }

    private DeadLetter shown(long offset, DeadLetterCopy copy) {
        DeadLetter.Builder shown =
                DeadLetter.newBuilder()
                        .setTopic(copy.origin().topic())
                        .setPartition(copy.origin().partition())
                        .setOffset(copy.origin().offset())
                        .setDeadLetterPartition(shelf.number())
                        .setDeadLetterOffset(offset)
                        .setTimeMs(copy.timeMs())
                        .setDeliveryCount(copy.deliveries())
                        .setReason(copy.reason());
        byte[] key = copy.record().key();
        if (key != null) {
            shown.setKey(UnsafeByteOperations.unsafeWrap(key));
        }
        byte[] value = copy.record().value();
        if (value != null) {
            shown.setValueBytes(value.length)
                    .setValueStart(
                            ByteString.copyFrom(value, 0, Math.min(value.length, VALUE_BYTES)));
        }
        for (Header header : copy.record().headers()) {
            DeadLetterHeader.Builder one = DeadLetterHeader.newBuilder().setName(header.name());
            if (header.value() != null) {
                one.setValue(UnsafeByteOperations.unsafeWrap(header.value()));
            }
            shown.addHeaders(one);
        }
        return shown.build();
    }
}
