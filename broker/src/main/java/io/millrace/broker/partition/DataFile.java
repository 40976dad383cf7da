package io.millrace.broker.partition;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of a segment as written and forced through its own descriptor, beside Chronicle's maps of
 * it. Chronicle's own sync does nothing by default and only logs errors.
 */
interface DataFile extends Closeable {

    /** Writes all of the buffer at a position of the file. */
    void write(ByteBuffer bytes, long position) throws IOException;

    /** Forces all data of the file, however it was written, and its length. */
    void force() throws IOException;

    /** Opens files; a seam to see what is done to them. */
    interface Opener {

        /** Opens for writing; creates the file if there is none. */
        DataFile open(Path path) throws IOException;
    }

    /** The file on the disk. */
    static DataFile onDisk(Path path) throws IOException {
        FileChannel channel =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        return new DataFile() {
            @Override
            public void write(ByteBuffer bytes, long position) throws IOException {
                long at = position;
                while (bytes.hasRemaining()) {
                    at += channel.write(bytes, at);
                }
            }

            @Override
            public void force() throws IOException {
                channel.force(false);
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }
}
