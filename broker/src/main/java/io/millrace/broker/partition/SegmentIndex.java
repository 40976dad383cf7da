package io.millrace.broker.partition;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Checks Chronicle's index in a file of an earlier life before Chronicle follows it. The index has
 * no checksum, and a wrong place in it leads Chronicle outside of the file, which ends in a bus
 * error or an endless allocation. That the right excerpt stands there is checked when it is read.
 *
 * <p>Layout, as Chronicle Queue 2026.4 writes it with the options of {@link SegmentQueue}: a header
 * of a fixed length, and the first page after it; that page holds the places of the others, these
 * the places of the excerpts. A page is a document that ends with its numbers.
 */
final class SegmentIndex {

    private static final int FIRST_PAGE = 0xc8;

    /** The header without the two fields that change: it is the same in all files. */
    private static final int HEADER_CRC = 0x969e58d9;

    private static final int WRITE_POSITION = 0x40;
    private static final int WRITE_POSITION_BYTES = 16;
    private static final int LAST_INDEX = 0xb0;
    private static final int LAST_INDEX_BYTES = 8;
    private static final int LENGTH_MASK = (1 << 30) - 1;
    private static final int NUMBERS_BYTES = SegmentRollCycle.INDEX_COUNT * Long.BYTES;

    private final FileChannel file;
    private final SegmentState state;
    private final long fileLength;

    private SegmentIndex(FileChannel file, SegmentState state) throws IOException {
        this.file = file;
        this.state = state;
        this.fileLength = file.size();
    }

    /**
     * Reads the index of the excerpts that count.
     *
     * @throws LogReader.CorruptLogException if it cannot be right
     */
    static void check(Path path, SegmentState state, String name) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            String wrong = new SegmentIndex(file, state).wrong();
            if (wrong != null) {
                throw new LogReader.CorruptLogException(
                        name
                                + " offsets "
                                + state.baseOffset()
                                + " to "
                                + state.endOffset()
                                + ": the index is corrupt: "
                                + wrong);
            }
        }
    }

    private String wrong() throws IOException {
        if (fileLength < FIRST_PAGE) {
            return "the file has " + fileLength + " bytes";
        }
        int header = headerCrc();
        if (header != HEADER_CRC) {
            return String.format("the file's header has the checksum %08x", header);
        }
        ByteBuffer pages = numbers(FIRST_PAGE);
        long last = 0;
        for (long excerpt = 0; excerpt < state.excerptCount(); ) {
            ByteBuffer places = pages == null ? null : numbers(pages.getLong());
            if (places == null) {
                return "the page of excerpt " + excerpt + " is not in the file";
            }
            while (places.hasRemaining() && excerpt < state.excerptCount()) {
                long place = places.getLong();
                if (place <= last || place >= state.sizeBytes()) {
                    return "it has excerpt " + excerpt + " at " + place;
                }
                last = place;
                excerpt++;
            }
        }
        return null;
    }

    private int headerCrc() throws IOException {
        CRC32C crc = new CRC32C();
        int at = WRITE_POSITION + WRITE_POSITION_BYTES;
        crc.update(read(0, WRITE_POSITION));
        crc.update(read(at, LAST_INDEX - at));
        at = LAST_INDEX + LAST_INDEX_BYTES;
        crc.update(read(at, FIRST_PAGE - at));
        return (int) crc.getValue();
    }

    /** The numbers of a page, or null if there is no page. */
    private ByteBuffer numbers(long page) throws IOException {
        if (page < FIRST_PAGE || page > fileLength - Integer.BYTES) {
            return null;
        }
        int length = read(page, Integer.BYTES).getInt() & LENGTH_MASK;
        boolean fits =
                length >= NUMBERS_BYTES
                        && length <= SegmentRollCycle.INDEX_PAGE_BYTES
                        && page + Integer.BYTES + length <= fileLength;
        return fits ? read(page + Integer.BYTES + length - NUMBERS_BYTES, NUMBERS_BYTES) : null;
    }

    private ByteBuffer read(long place, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, place + bytes.position()) < 0) {
                throw new IOException("the file ends at " + (place + bytes.position()));
            }
        }
        return bytes.flip();
    }
}
