package io.millrace.raft.wal;

import java.io.IOException;
import java.util.List;

/** The directory that holds the journal's files: the seam at which tests cut the power. */
interface WalFiles {

    /** The names of all files, in no particular order. */
    List<String> list() throws IOException;

    /** Creates an empty file; fails if it exists. */
    WalFile create(String name) throws IOException;

    /** Opens a file that exists, for reading and writing. */
    WalFile open(String name) throws IOException;

    /** Renames a file, atomically; durable after {@link #forceDirectory}. */
    void rename(String from, String to) throws IOException;

    /** Removes a file; durable after {@link #forceDirectory}. */
    void delete(String name) throws IOException;

    /** Makes created, renamed and deleted names durable. */
    void forceDirectory() throws IOException;
}
