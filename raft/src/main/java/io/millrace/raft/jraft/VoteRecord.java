package io.millrace.raft.jraft;

import io.millrace.raft.Member;
import io.millrace.raft.ShardSpec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The content of a vote file.
 *
 * @param clusterId the cluster the replica belongs to
 * @param shard its shard's number
 * @param replica its replica id
 * @param voters the voters the shard was created with: until its first entry is in the log, they
 *     are known from here alone
 * @param term the highest term it has seen
 * @param vote whom it voted for in that term; null if nobody
 * @param logBegun whether an entry of it was ever forced: from then on an empty log is a lost one
 */
record VoteRecord(
        String clusterId,
        int shard,
        int replica,
        List<Member> voters,
        long term,
        Member vote,
        boolean logBegun) {

    private static final int MAGIC = 0x4d525654; // "MRVT"
    private static final int FORMAT = 1;

    VoteRecord {
        voters = List.copyOf(voters);
    }

    /** The replica of a shard that is created; it has not voted yet. */
    static VoteRecord first(String clusterId, ShardSpec spec) {
        return new VoteRecord(
                clusterId, spec.shardId(), spec.replicaId(), spec.founders(), 0, null, false);
    }

    VoteRecord with(long newTerm, Member newVote) {
        return new VoteRecord(clusterId, shard, replica, voters, newTerm, newVote, logBegun);
    }

    VoteRecord as(int newReplica) {
        return new VoteRecord(clusterId, shard, newReplica, voters, term, vote, logBegun);
    }

    VoteRecord withLogBegun() {
        return new VoteRecord(clusterId, shard, replica, voters, term, vote, true);
    }

    ByteBuffer encode() {
        byte[] cluster = clusterId.getBytes(StandardCharsets.UTF_8);
        int fixed = 8 * Integer.BYTES + Long.BYTES + 1;
        ByteBuffer bytes =
                ByteBuffer.allocate(
                        fixed
                                + cluster.length
                                + voters.size() * 2 * Integer.BYTES
                                + Checksum.BYTES);
        bytes.putInt(MAGIC).putInt(FORMAT).putInt(cluster.length).put(cluster);
        bytes.putInt(shard).putInt(replica).putLong(term);
        bytes.putInt(vote == null ? 0 : vote.nodeId()).putInt(vote == null ? 0 : vote.replicaId());
        bytes.put((byte) (logBegun ? 1 : 0)).putInt(voters.size());
        voters.forEach(voter -> bytes.putInt(voter.nodeId()).putInt(voter.replicaId()));
        return bytes.putInt(Checksum.of(bytes.duplicate().flip())).flip();
    }

    static VoteRecord decode(ByteBuffer file) throws CorruptFileException {
        ByteBuffer bytes = Checksum.verified(file);
        try {
            if (bytes.getInt() != MAGIC) {
                throw new CorruptFileException("not a vote file");
            }
            int format = bytes.getInt();
            if (format != FORMAT) {
                throw new CorruptFileException(
                        "format " + format + ", this version reads format " + FORMAT);
            }
            byte[] cluster = new byte[bytes.getInt()];
            bytes.get(cluster);
            int shard = bytes.getInt();
            int replica = bytes.getInt();
            long term = bytes.getLong();
            int voteNode = bytes.getInt();
            int voteReplica = bytes.getInt();
            boolean logBegun = bytes.get() != 0;
            int count = bytes.getInt();
            List<Member> voters = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                voters.add(new Member(bytes.getInt(), bytes.getInt()));
            }
            return new VoteRecord(
                    new String(cluster, StandardCharsets.UTF_8),
                    shard,
                    replica,
                    voters,
                    term,
                    voteNode == 0 ? null : new Member(voteNode, voteReplica),
                    logBegun);
        } catch (RuntimeException e) {
            // The checksum was good: written by a version that this one does not understand.
            throw new CorruptFileException("unreadable content: " + e);
        }
    }
}
