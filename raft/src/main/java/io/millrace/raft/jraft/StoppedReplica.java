package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.conf.ConfigurationEntry;
import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.PeerId;
import io.millrace.raft.Member;
import io.millrace.raft.Members;
import io.millrace.raft.ShardSpec;
import io.millrace.raft.StateMachine;
import io.millrace.raft.wal.ShardLog;
import io.millrace.raft.wal.WalEntry;
import io.millrace.raft.wal.WalFailedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A replica that does not run, with what it knows; the last resort when the majority of its shard
 * is gone for good. For one thread; every method may block on the disk.
 */
public final class StoppedReplica {

    /**
     * How far its term is moved ahead when it goes on alone: beyond every term in which one of
     * those who are left out can have led, so that its own is the newer one for whoever compares.
     */
    private static final long TERMS_AHEAD = 1_000;

    private final Member self;
    private final ShardLog log;
    private final ReplicaDirectory replica;
    private final ShardLogStorage storage;

    private StoppedReplica(
            Member self, ShardLog log, ReplicaDirectory replica, ShardLogStorage storage) {
        this.self = self;
        this.log = log;
        this.replica = replica;
        this.storage = storage;
    }

    static StoppedReplica open(int nodeId, ShardSpec spec, ShardLog log, ReplicaDirectory replica) {
        Member self = new Member(nodeId, spec.replicaId());
        PeerId peer = ReplicaAddress.peer(self);
        ShardLogStorage storage = ShardLogStorage.open(log, replica, peer, RecentEntries.none());
        return new StoppedReplica(self, log, replica, storage);
    }

    /** The shard's number. */
    public int shard() {
        return log.shard();
    }

    /** Who it is. */
    public Member member() {
        return self;
    }

    /** The members by the newest entry that says so, committed or not. */
    public Members members() {
        return ReplicaAddress.members(newest().getConf());
    }

    /**
     * The members from before a change that was under way: their majority was still needed too.
     * None if nothing was under way.
     */
    public Members membersBefore() {
        return ReplicaAddress.members(newest().getOldConf());
    }

    private ConfigurationEntry newest() {
        return storage.members().newestEntry();
    }

    /** The index of the last entry in its log; what is after its checkpoint may be uncommitted. */
    public long lastIndex() {
        return log.lastIndex();
    }

    /** The term of the last entry; 0 if there has never been one. */
    public long lastTerm() {
        long term = log.lastIndex() == 0 ? 0 : log.term(log.lastIndex());
        return replica.start() == null ? term : Math.max(term, replica.start().mark().term());
    }

    /** The index of its checkpoint, which is committed for sure; 0 if there is none. */
    public long checkpointIndex() {
        return replica.start() == null ? 0 : replica.start().mark().index();
    }

    /**
     * Brings a state machine to what it is after the last entry of the log, as if all of it were
     * committed. It is told nothing else; it must not write anything of its own.
     *
     * @throws IOException if the machine cannot restore the checkpoint
     * @throws WalFailedException if an entry cannot be read
     */
    public void replay(StateMachine machine) throws IOException {
        if (replica.start() != null) {
            machine.restore(replica.start().mark(), replica.start().payload().duplicate());
        }
        for (long index = checkpointIndex() + 1; index <= log.lastIndex(); index++) {
            WalEntry entry = log.read(index);
            if (entry == null) {
                throw new WalFailedException(
                        "entry " + index + " of shard " + shard() + " is not in its log");
            }
            if (entry.type() != EntryCodec.CONFIGURATION && entry.payload().hasRemaining()) {
                machine.apply(index, entry.term(), entry.payload().slice(), null);
            }
        }
    }

    /**
     * Makes this replica the only member of its shard, under a new id and without asking those that
     * were. Unsafe: what only they have is lost, and all that is in this log becomes committed. It
     * leads at its next start, in a term beyond theirs; whatever they send goes to an id that is
     * not there any more, so that they can never bring it back among them. Durable on return; after
     * a crash in between it waits for its majority, and this may be called again.
     *
     * @param replicaId the new id, above every one that was ever placed in the shard
     * @param first entries to be applied before anything that is written later, each with bytes
     * @throws IOException if its vote file could not be written
     * @throws WalFailedException if the log could not be written
     */
    public void goOnAlone(int replicaId, List<ByteBuffer> first) throws IOException {
        if (replicaId <= self.replicaId()) {
            throw new IllegalArgumentException(
                    "replica " + self.replicaId() + " cannot go on as " + replicaId);
        }
        VoteFile vote = replica.vote();
        long term = Math.max(vote.getTerm(), lastTerm()) + TERMS_AHEAD;
        requireWritten(vote.setTermAndVotedFor(term, PeerId.emptyPeer()));
        append(term, first, ReplicaAddress.peer(new Member(self.nodeId(), replicaId)));
        requireWritten(vote.rename(replicaId));
    }

    private void requireWritten(boolean written) throws IOException {
        if (!written) {
            throw new IOException("the vote file of shard " + shard() + " could not be written");
        }
    }

    /** The member last: after a crash that leaves a part of it, nobody can lead. */
    private void append(long term, List<ByteBuffer> first, PeerId member) {
        List<LogEntry> entries = new ArrayList<>();
        for (ByteBuffer data : first) {
            LogEntry entry = new LogEntry(EntryType.ENTRY_TYPE_DATA);
            entry.setData(data.duplicate());
            entries.add(entry);
        }
        LogEntry members = new LogEntry(EntryType.ENTRY_TYPE_CONFIGURATION);
        members.setPeers(List.of(member));
        entries.add(members);
        long index = log.lastIndex();
        for (LogEntry entry : entries) {
            entry.setId(new LogId(++index, term));
        }
        if (storage.appendEntries(entries) != entries.size()) {
            throw new WalFailedException("the log of shard " + shard() + " could not be written");
        }
    }
}
