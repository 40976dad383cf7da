package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.option.RaftMetaStorageOptions;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import io.millrace.raft.Member;
import io.millrace.raft.RaftListener;
import io.millrace.raft.ReplicaLostException;
import io.millrace.raft.ShardSpec;
import io.millrace.raft.disk.ForcedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who a replica is, and the term and vote that it must not forget. Replaced whole and forced at
 * every change. A replica without its vote file, or with another's, could vote twice in a term or
 * vote with an empty log; it is lost.
 */
final class VoteFile implements RaftMetaStorage {

    static final String NAME = "vote";

    private static final Logger LOG = LoggerFactory.getLogger(VoteFile.class);

    private final Path file;
    private final RaftListener listener;

    private volatile VoteRecord record;
    private volatile boolean kept = true;
    private Thread deciding;
    private boolean closed;

    private VoteFile(Path file, VoteRecord record, RaftListener listener) {
        this.file = file;
        this.record = record;
        this.listener = listener;
    }

    /**
     * Creates the vote file of a replica that takes part for the first time; forced on return.
     *
     * @throws IOException if it could not be written
     */
    static VoteFile create(Path directory, String clusterId, ShardSpec spec, RaftListener listener)
            throws IOException {
        VoteRecord record = VoteRecord.first(clusterId, spec);
        Path file = directory.resolve(NAME);
        ForcedFile.replace(file, record.encode());
        return new VoteFile(file, record, listener);
    }

    /**
     * Opens the vote file of a replica that has taken part before.
     *
     * @throws ReplicaLostException if it is absent, corrupt or another replica's
     * @throws IOException if it is there and cannot be read
     */
    static VoteFile open(Path directory, String clusterId, ShardSpec spec, RaftListener listener)
            throws IOException {
        Path file = directory.resolve(NAME);
        VoteRecord record = read(file, spec.shardId());
        if (!record.clusterId().equals(clusterId)
                || record.shard() != spec.shardId()
                || record.replica() != spec.replicaId()) {
            throw new ReplicaLostException(
                    spec.shardId(),
                    String.format(
                            "its vote file %s is of cluster %s, shard %d, replica %d,"
                                    + " not of cluster %s, shard %d, replica %d",
                            file,
                            record.clusterId(),
                            record.shard(),
                            record.replica(),
                            clusterId,
                            spec.shardId(),
                            spec.replicaId()));
        }
        return new VoteFile(file, record, listener);
    }

    private static VoteRecord read(Path file, int shard) throws IOException {
        if (!Files.exists(file)) {
            throw new ReplicaLostException(shard, "its vote file " + file + " is missing");
        }
        try {
            return VoteRecord.decode(ByteBuffer.wrap(Files.readAllBytes(file)));
        } catch (CorruptFileException e) {
            throw new ReplicaLostException(
                    shard, "its vote file " + file + " is corrupt (" + e.getMessage() + ")", e);
        }
    }

    /**
     * The id of the replica that a vote file belongs to.
     *
     * @throws ReplicaLostException if it is absent, corrupt, or of another shard or cluster
     * @throws IOException if it is there and cannot be read
     */
    static int identify(Path directory, String clusterId, int shard) throws IOException {
        Path file = directory.resolve(NAME);
        VoteRecord record = read(file, shard);
        if (!record.clusterId().equals(clusterId) || record.shard() != shard) {
            throw new ReplicaLostException(
                    shard,
                    String.format(
                            "its vote file %s is of cluster %s, shard %d",
                            file, record.clusterId(), record.shard()));
        }
        return record.replica();
    }

    static boolean exists(Path directory) {
        return Files.exists(directory.resolve(NAME));
    }

    /** The voters the shard was created with. */
    List<Member> initialVoters() {
        return record.voters();
    }

    /** Whether an entry of the replica was ever forced. */
    boolean isLogBegun() {
        return record.logBegun();
    }

    /**
     * Remembers that the replica's log is not empty any more; forced on return. Cheap when known.
     *
     * @return false if it could not be written; the process is on its way out then
     */
    boolean beginLog() {
        return record.logBegun() || remember(VoteRecord::withLogBegun);
    }

    /**
     * Handles a request for a vote. A new term that it brings is forced together with the vote, and
     * if there is none, before this returns, so in any case before the answer is given. Nobody is
     * promised anything in that term before: see docs/internals/storage.md.
     *
     * @param request the handling; by the calling thread
     */
    <T> T decide(Supplier<T> request) {
        synchronized (this) {
            deciding = deciding == null ? Thread.currentThread() : deciding;
        }
        try {
            return request.get();
        } finally {
            synchronized (this) {
                deciding = deciding == Thread.currentThread() ? null : deciding;
            }
            keepTerm();
        }
    }

    /**
     * Forces the term, if it is not yet; on return the replica may speak or write in it. Cheap when
     * it is.
     *
     * @return false if it could not be written; the process is on its way out then
     */
    boolean keepTerm() {
        return kept || remember(known -> known);
    }

    private synchronized boolean remember(UnaryOperator<VoteRecord> change) {
        return write(change.apply(record));
    }

    /**
     * Makes the replica another one, with the same log; forced on return.
     *
     * @return false if it could not be written
     */
    synchronized boolean rename(int replica) {
        return write(record.as(replica));
    }

    @Override
    public boolean init(RaftMetaStorageOptions options) {
        return true;
    }

    @Override
    public void shutdown() {}

    /** The replica has stopped: the file may be another one's from now on. */
    synchronized void close() {
        closed = true;
    }

    @Override
    public synchronized boolean setTerm(long term) {
        return write(record.with(term, record.vote()));
    }

    @Override
    public long getTerm() {
        return record.term();
    }

    @Override
    public synchronized boolean setVotedFor(PeerId peer) {
        return write(record.with(record.term(), voter(peer)));
    }

    @Override
    public PeerId getVotedFor() {
        Member vote = record.vote();
        return vote == null ? PeerId.emptyPeer() : ReplicaAddress.peer(vote);
    }

    @Override
    public synchronized boolean setTermAndVotedFor(long term, PeerId peer) {
        VoteRecord next = record.with(term, voter(peer));
        if (next.vote() == null && deciding == Thread.currentThread() && !closed) {
            record = next;
            kept = false;
            return true;
        }
        return write(next);
    }

    private static Member voter(PeerId peer) {
        return peer == null || peer.isEmpty() ? null : ReplicaAddress.member(peer);
    }

    /**
     * jraft goes on after a term that it could not store, so the process must not: it would forget
     * the term at the next start and vote again in it.
     */
    private boolean write(VoteRecord next) {
        if (closed) {
            LOG.info("The vote file {} is not written any more, its replica has stopped", file);
            return false;
        }
        try {
            ForcedFile.replace(file, next.encode());
            record = next;
            kept = true;
            return true;
        } catch (IOException | RuntimeException e) {
            LOG.error("The vote file {} could not be written", file, e);
            listener.fatal("vote file " + file, e);
            return false;
        }
    }
}
