package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.PeerId;
import io.millrace.raft.wal.WalEntry;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Raft entries as the write-ahead log keeps them. The data of an entry is its payload as it is; a
 * configuration's payload is {format, peers, old peers, learners, old learners}, each list one line
 * of names. No checksum: the log has its own.
 */
final class EntryCodec {

    static final byte CONFIGURATION = EntryType.ENTRY_TYPE_CONFIGURATION_VALUE;

    private static final byte FORMAT = 1;

    private EntryCodec() {}

    /** The payload shares the entry's bytes; its position and limit are its own. */
    static WalEntry encode(LogEntry entry) {
        LogId id = entry.getId();
        byte type = (byte) entry.getType().getNumber();
        return new WalEntry(id.getIndex(), id.getTerm(), type, payload(entry));
    }

    /**
     * @throws IllegalStateException if the entry is of a later version of this format
     */
    static LogEntry decode(WalEntry stored) {
        EntryType type = EntryType.forNumber(stored.type());
        if (type == null) {
            throw unknown(stored, "type " + stored.type());
        }
        LogEntry entry = new LogEntry(type);
        entry.setId(new LogId(stored.index(), stored.term()));
        ByteBuffer payload = stored.payload().duplicate();
        if (type == EntryType.ENTRY_TYPE_CONFIGURATION) {
            decodeMembers(stored, payload, entry);
        } else {
            entry.setData(payload);
        }
        return entry;
    }

    private static ByteBuffer payload(LogEntry entry) {
        if (entry.getType() != EntryType.ENTRY_TYPE_CONFIGURATION) {
            ByteBuffer data = entry.getData();
            return data == null ? ByteBuffer.allocate(0) : data.duplicate();
        }
        String members =
                line(entry.getPeers())
                        + line(entry.getOldPeers())
                        + line(entry.getLearners())
                        + line(entry.getOldLearners());
        byte[] bytes = members.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + bytes.length).put(FORMAT).put(bytes).flip();
    }

    private static String line(List<PeerId> peers) {
        StringBuilder line = new StringBuilder();
        if (peers != null) {
            peers.forEach(peer -> line.append(peer).append(' '));
        }
        return line.append('\n').toString();
    }

    private static void decodeMembers(WalEntry stored, ByteBuffer payload, LogEntry entry) {
        try {
            byte format = payload.get();
            if (format != FORMAT) {
                throw unknown(stored, "configuration format " + format);
            }
        } catch (BufferUnderflowException e) {
            throw unknown(stored, "empty configuration");
        }
        String[] lines = StandardCharsets.UTF_8.decode(payload).toString().split("\n", -1);
        if (lines.length != 5) {
            throw unknown(stored, "configuration of " + (lines.length - 1) + " lists");
        }
        entry.setPeers(peers(stored, lines[0]));
        entry.setOldPeers(orNull(peers(stored, lines[1])));
        entry.setLearners(orNull(peers(stored, lines[2])));
        entry.setOldLearners(orNull(peers(stored, lines[3])));
    }

    private static List<PeerId> peers(WalEntry stored, String line) {
        List<PeerId> peers = new ArrayList<>();
        for (String name : line.split(" ")) {
            if (!name.isEmpty()) {
                PeerId peer = PeerId.parsePeer(name);
                if (peer == null) {
                    throw unknown(stored, "member \"" + name + "\"");
                }
                peers.add(peer);
            }
        }
        return peers;
    }

    /** The library tells "none" by null. */
    private static List<PeerId> orNull(List<PeerId> peers) {
        return peers.isEmpty() ? null : peers;
    }

    private static IllegalStateException unknown(WalEntry stored, String what) {
        return new IllegalStateException(
                "entry " + stored.index() + " of the Raft log has an unknown " + what);
    }
}
