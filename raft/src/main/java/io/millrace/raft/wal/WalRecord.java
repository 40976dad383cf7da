package io.millrace.raft.wal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One record of a group.
 *
 * @param kind what it does
 * @param shard whose log it concerns
 * @param index a Raft index, see {@link Kind}
 * @param term the Raft term of an entry; see {@link Kind} for the others
 * @param type the Raft library's entry type of an entry, else 0
 * @param payload an entry's bytes, or the reason of {@link Kind#LOST}
 */
record WalRecord(Kind kind, int shard, long index, long term, byte type, ByteBuffer payload) {

    /** Bytes before the payload. */
    static final int HEADER_BYTES = 32;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();
    private static final int MAX_REASON_BYTES = 512;

    /** What a record does. The codes are on disk: never reuse one. */
    enum Kind {
        /** A Raft entry. Drops what was there from its index on. */
        ENTRY(1),
        /** Drops all entries above the index. */
        TRUNCATE_SUFFIX(2),
        /** Entries below the index are not needed any more. */
        MARK(3),
        /** Drops everything; the next entry has the index. */
        RESET(4),
        /**
         * How a shard stood when the group was begun: the index is the first one needed, the term
         * field holds the index of the next entry.
         */
        STATE(5),
        /** The shard's log here is not to be trusted; the payload says why. */
        LOST(6),
        /** Forgets the shard, also that it was lost: as if it had never been here. */
        DISCARD(7),
        /**
         * Concerns no shard in particular: of those whose {@link GroupHeader#shardBit} is in the
         * index, records were damaged once. One that has left no trace since is not new but lost.
         */
        DAMAGE(8);

        private static final Kind[] BY_CODE = new Kind[9];

        static {
            for (Kind kind : values()) {
                BY_CODE[kind.code] = kind;
            }
        }

        final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }

        /** The kind with a code, or null. */
        static Kind of(byte code) {
            return code < 1 || code >= BY_CODE.length ? null : BY_CODE[code];
        }
    }

    static WalRecord entry(int shard, WalEntry entry) {
        return new WalRecord(
                Kind.ENTRY, shard, entry.index(), entry.term(), entry.type(), entry.payload());
    }

    static WalRecord of(Kind kind, int shard, long index) {
        return new WalRecord(kind, shard, index, 0, (byte) 0, NOTHING);
    }

    static WalRecord state(int shard, long first, long next) {
        return new WalRecord(Kind.STATE, shard, first, next, (byte) 0, NOTHING);
    }

    static WalRecord lost(int shard, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        byte[] kept = text.length > MAX_REASON_BYTES ? Arrays.copyOf(text, MAX_REASON_BYTES) : text;
        return new WalRecord(Kind.LOST, shard, 0, 0, (byte) 0, ByteBuffer.wrap(kept));
    }

    /** Bytes in a group. */
    int bytes() {
        return HEADER_BYTES + payload.remaining();
    }

    /** The payload as text. */
    String text() {
        return StandardCharsets.UTF_8.decode(payload.duplicate()).toString();
    }
}
