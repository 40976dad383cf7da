package io.millrace.raft.jraft;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** The CRC32C that ends the files of a replica. */
final class Checksum {

    static final int BYTES = Integer.BYTES;

    private Checksum() {}

    /** Over the remaining bytes of the parts, one after the other; their positions stay. */
    static int of(ByteBuffer... parts) {
        CRC32C crc = new CRC32C();
        for (ByteBuffer part : parts) {
            crc.update(part.duplicate());
        }
        return (int) crc.getValue();
    }

    /**
     * Checks a file's bytes against the checksum at their end, and takes it off.
     *
     * @throws CorruptFileException if it does not match
     */
    static ByteBuffer verified(ByteBuffer file) throws CorruptFileException {
        int length = file.remaining() - BYTES;
        if (length < 0) {
            throw new CorruptFileException(file.remaining() + " bytes are too few");
        }
        ByteBuffer body = file.slice(file.position(), length);
        if (of(body) != file.getInt(file.position() + length)) {
            throw new CorruptFileException("checksum does not match");
        }
        return body;
    }
}
