package io.millrace.broker.partition;

import io.millrace.broker.partition.ExcerptFormat.CorruptExcerptException;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Reads Chronicle's own header, index and lengths, so that they can be checked before Chronicle
 * follows them. They have no checksum, and a wrong one leads Chronicle outside of the file, which
 * ends in a bus error or an endless allocation.
 *
 * <p>Layout, as Chronicle Queue 2026.4 writes it with the options of {@link SegmentQueue}: a header
 * of a fixed length, and the first page after it; that page holds the places of the others, these
 * the places of the excerpts. A page is a document that ends with its numbers. A document begins
 * with its length in 30 bits, and two that tell what it is, both zero for an excerpt.
 *
 * <p>Thread-safe; an interrupt does not close the file, as it would a channel.
 */
final class SegmentIndex implements Closeable {

    static final int LENGTH_BYTES = 4;

    /** No excerpt is at a place. */
    static final int NONE = -1;

    private static final int LENGTH_MASK = (1 << 30) - 1;
    private static final int FIRST_PAGE = 0xc8;

    /** The header without the two fields that change: it is the same in all files. */
    private static final int HEADER_CRC = 0x969e58d9;

    private static final int WRITE_POSITION = 0x40;
    private static final int WRITE_POSITION_BYTES = 16;
    private static final int LAST_INDEX = 0xb0;
    private static final int LAST_INDEX_BYTES = 8;
    private static final int NUMBERS_BYTES = SegmentRollCycle.INDEX_COUNT * Long.BYTES;

    private final RandomAccessFile file;

    private SegmentIndex(RandomAccessFile file) {
        this.file = file;
    }

    static SegmentIndex open(Path path) throws IOException {
        return new SegmentIndex(new RandomAccessFile(path.toFile(), "r"));
    }

    /** Checks the file's header. */
    void checkHeader() throws IOException, CorruptExcerptException {
        CRC32C crc = new CRC32C();
        int at = WRITE_POSITION + WRITE_POSITION_BYTES;
        crc.update(read(0, WRITE_POSITION));
        crc.update(read(at, LAST_INDEX - at));
        at = LAST_INDEX + LAST_INDEX_BYTES;
        crc.update(read(at, FIRST_PAGE - at));
        if ((int) crc.getValue() != HEADER_CRC) {
            throw new CorruptExcerptException("the header of its file is damaged");
        }
    }

    /** The places of the excerpts of a page; zero for those that were not written yet. */
    ByteBuffer places(long page) throws IOException, CorruptExcerptException {
        ByteBuffer pages = numbers(FIRST_PAGE);
        return numbers(pages.getLong((int) page * Long.BYTES));
    }

    private ByteBuffer numbers(long page) throws IOException, CorruptExcerptException {
        if (page < FIRST_PAGE || page > length() - LENGTH_BYTES) {
            throw new CorruptExcerptException("the index has a page at " + page);
        }
        int length = read(page, LENGTH_BYTES).getInt() & LENGTH_MASK;
        boolean fits =
                length >= NUMBERS_BYTES
                        && length <= SegmentRollCycle.INDEX_PAGE_BYTES
                        && page + LENGTH_BYTES + length <= length();
        if (!fits) {
            throw new CorruptExcerptException("the index page at " + page + " is damaged");
        }
        return read(page + LENGTH_BYTES + length - NUMBERS_BYTES, NUMBERS_BYTES);
    }

    /**
     * The length of the excerpt at a place.
     *
     * @param end where the excerpts that count end
     */
    int lengthAt(long place, long end) throws IOException, CorruptExcerptException {
        if (place < FIRST_PAGE || place > end - LENGTH_BYTES) {
            throw new CorruptExcerptException("the index has it at " + place);
        }
        int length = read(place, LENGTH_BYTES).getInt();
        if (length < 0 || (length & LENGTH_MASK) != length || place + LENGTH_BYTES + length > end) {
            throw new CorruptExcerptException(
                    "the queue has it with the length " + Integer.toHexString(length));
        }
        return length;
    }

    /**
     * The length of the excerpt at the place behind another one, {@link #NONE} if the index must
     * tell: excerpts follow each other but for pages of the index.
     *
     * @param end where the excerpts that count end
     */
    int lengthOfNext(long place, long end) throws IOException {
        if (place > end - LENGTH_BYTES) {
            return NONE;
        }
        int length = read(place, LENGTH_BYTES).getInt();
        boolean fits = length > 0 && length <= LENGTH_MASK && length <= end - place - LENGTH_BYTES;
        return fits ? length : NONE;
    }

    private synchronized long length() throws IOException {
        return file.length();
    }

    private synchronized ByteBuffer read(long place, int length) throws IOException {
        byte[] bytes = new byte[length];
        file.seek(place);
        file.readFully(bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }
}
