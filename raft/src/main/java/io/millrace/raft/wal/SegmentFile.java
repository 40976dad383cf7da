package io.millrace.raft.wal;

/**
 * A zero-filled or used file that lives through many segments. Immutable.
 *
 * @param id the number in its name
 * @param file the open file
 * @param bytes its length
 */
record SegmentFile(int id, WalFile file, int bytes) {

    private static final String PREFIX = "slot-";
    private static final String SUFFIX = ".wal";

    /** The ending of files that are not filled and forced yet. */
    static final String UNFINISHED = ".new";

    static String name(int id) {
        return PREFIX + String.format("%06d", id) + SUFFIX;
    }

    String name() {
        return name(id);
    }

    /** The number in a file's name, or -1 if it is no segment file. */
    static int idOf(String name) {
        if (!name.matches(PREFIX + "\\d{6}" + SUFFIX)) {
            return -1;
        }
        return Integer.parseInt(name.substring(PREFIX.length(), PREFIX.length() + 6));
    }
}
