package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.conf.ConfigurationEntry;
import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import com.alipay.sofa.jraft.storage.LogStorage;
import io.millrace.raft.wal.ShardLog;
import io.millrace.raft.wal.WalEntry;
import io.millrace.raft.wal.WalFailedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * jraft's view of a shard's log. Writes come from the shard's disk thread alone, reads from any
 * thread. Nothing is thrown into jraft: a failed write is told by its result and stops the replica.
 */
final class ShardLogStorage implements LogStorage {

    private static final Logger LOG = LoggerFactory.getLogger(ShardLogStorage.class);

    /** What an entry costs in the journal besides its payload, about. */
    private static final int ENTRY_OVERHEAD = 40;

    private final ShardLog log;
    private final List<ConfigurationEntry> configurations;
    private final KnownMembers members;
    private final RecentEntries recent;
    private final ConfigurationEntry base;
    private ConfigurationManager withheld;
    private final BooleanSupplier termKept;
    private final BooleanSupplier beginning;

    private final Lock durableLock = new ReentrantLock();
    private final Condition durableMoved = durableLock.newCondition();
    private long durableIndex;

    private volatile long appendedBytes;

    /**
     * Read again by every heartbeat, to prove where the follower's log must match; other shards'
     * entries must not push it out.
     */
    private volatile WalEntry last;

    /**
     * @param configurations those in the log after the replica's checkpoint, by index
     * @param base the members by the checkpoint
     * @param members the shard's members by all of them
     * @param recent what is in memory of all logs
     * @param termKept called before a group is written; false if it must not be
     * @param beginning called after a group was forced and before anybody hears of it; false if
     *     nobody must
     */
    ShardLogStorage(
            ShardLog log,
            ConfigurationEntry base,
            List<ConfigurationEntry> configurations,
            KnownMembers members,
            RecentEntries recent,
            BooleanSupplier termKept,
            BooleanSupplier beginning) {
        this.log = log;
        this.configurations = List.copyOf(configurations);
        this.base = base;
        this.members = members;
        this.recent = recent;
        this.termKept = termKept;
        this.beginning = beginning;
        this.durableIndex = log.lastIndex();
    }

    /**
     * Looks for the configurations behind the checkpoint; what came before is in the checkpoint.
     * Reads the log from there on, which will be read again to be applied. Before jraft is there,
     * because it does not survive a log that fails to open.
     *
     * @throws io.millrace.raft.wal.WalFailedException if an entry cannot be read
     */
    static ShardLogStorage open(
            ShardLog log, ReplicaDirectory replica, PeerId self, RecentEntries recent) {
        List<ConfigurationEntry> configurations = new ArrayList<>();
        ConfigurationEntry base = replica.members();
        KnownMembers members = new KnownMembers(self, base);
        long from = Math.max(log.firstIndex(), base.getId().getIndex() + 1);
        for (long index = from; index <= log.lastIndex(); index++) {
            WalEntry stored = log.read(index);
            if (stored == null) {
                throw new WalFailedException(
                        "entry " + index + " of shard " + log.shard() + " is not in its log");
            }
            if (stored.type() == EntryCodec.CONFIGURATION) {
                ConfigurationEntry entry = configuration(EntryCodec.decode(stored));
                members.add(entry);
                configurations.add(entry);
            }
        }
        VoteFile vote = replica.vote();
        return new ShardLogStorage(
                log, base, configurations, members, recent, vote::keepTerm, vote::beginLog);
    }

    private static ConfigurationEntry configuration(LogEntry entry) {
        return new ConfigurationEntry(
                entry.getId(),
                new Configuration(entry.getPeers(), orEmpty(entry.getLearners())),
                new Configuration(orEmpty(entry.getOldPeers()), orEmpty(entry.getOldLearners())));
    }

    /** Hands jraft the configurations, in order, unless it must not see them yet. */
    @Override
    public boolean init(LogStorageOptions options) {
        if (members.isOneOther()) {
            withheld = options.getConfigurationManager();
            return true;
        }
        return configurations.stream().allMatch(options.getConfigurationManager()::add);
    }

    /**
     * Hands jraft what it was not to see while it started: a configuration with one voter, which is
     * not this replica. It would have taken all that is in this log for committed, although the
     * voter may have forgotten the end of it, and would not have listened to a lower commit index:
     * a learner would have applied nothing before the next write. To be called while nobody else
     * calls jraft.
     *
     * @return whether something was withheld
     */
    boolean handOver() {
        ConfigurationManager manager = withheld;
        if (manager == null) {
            return false;
        }
        withheld = null;
        if (base.getId().getIndex() > 0) {
            manager.setSnapshot(base);
        }
        configurations.forEach(manager::add);
        return true;
    }

    private static <T> List<T> orEmpty(List<T> list) {
        return list == null ? List.of() : list;
    }

    /** Closes the view only; the journal is the engine's. */
    @Override
    public void shutdown() {
        recent.cut(this, 0);
    }

    @Override
    public long getFirstLogIndex() {
        return log.firstIndex();
    }

    @Override
    public long getLastLogIndex() {
        return log.lastIndex();
    }

    @Override
    public LogEntry getEntry(long index) {
        if (index < 1) {
            return null;
        }
        WalEntry newest = last;
        try {
            WalEntry stored =
                    newest != null && newest.index() == index
                            ? recent.found(newest)
                            : recent.read(this, log, index);
            return stored == null ? null : EntryCodec.decode(stored);
        } catch (RuntimeException e) {
            // jraft stops the replica for a null.
            LOG.error("Shard {}: entry {} could not be read", log.shard(), index, e);
            return null;
        }
    }

    @Override
    @Deprecated
    public long getTerm(long index) {
        return log.term(index);
    }

    @Override
    public boolean appendEntry(LogEntry entry) {
        return appendEntries(List.of(entry)) == 1;
    }

    @Override
    public int appendEntries(List<LogEntry> entries) {
        if (entries.isEmpty()) {
            return 0;
        }
        List<WalEntry> group = new ArrayList<>(entries.size());
        long bytes = 0;
        for (LogEntry entry : entries) {
            WalEntry stored = EntryCodec.encode(entry);
            group.add(stored);
            bytes += stored.payload().remaining() + ENTRY_OVERHEAD;
        }
        try {
            if (!termKept.getAsBoolean()) {
                return 0;
            }
            log.append(group);
            if (!beginning.getAsBoolean()) {
                return 0;
            }
        } catch (RuntimeException e) {
            LOG.error("Shard {}: {} entries could not be appended", log.shard(), group.size(), e);
            return 0;
        }
        recent.appended(this, group);
        appended(entries, group.get(group.size() - 1), bytes);
        return entries.size();
    }

    /** Called by the one thread that writes, so that the counter may be volatile. */
    private void appended(List<LogEntry> entries, WalEntry newLast, long bytes) {
        last = newLast;
        appendedBytes += bytes;
        for (LogEntry entry : entries) {
            if (entry.getType() == EntryType.ENTRY_TYPE_CONFIGURATION) {
                members.add(configuration(entry));
            }
        }
        durable(newLast.index());
    }

    @Override
    public boolean truncatePrefix(long firstIndexKept) {
        return done(
                "drop what is before entry " + firstIndexKept,
                () -> {
                    log.truncatePrefix(firstIndexKept);
                    if (log.lastIndex() < firstIndexKept) {
                        last = null;
                        recent.cut(this, 0);
                    }
                });
    }

    /**
     * Drops what two checkpoints cover, which jraft has forgotten by now, at once. jraft would tell
     * it by the thread that appends, which may wait for the very space that this frees. Never
     * blocks; any thread.
     */
    void covered(long index) {
        try {
            if (index < log.lastIndex()) {
                log.truncatePrefix(index + 1);
            }
        } catch (WalFailedException e) {
            // jraft meets it as well, when it appends or drops, and stops the replica.
            LOG.debug("Shard {}: not dropped up to entry {}", log.shard(), index, e);
        }
    }

    @Override
    public boolean truncateSuffix(long lastIndexKept) {
        last = null;
        return done(
                "drop what is after entry " + lastIndexKept,
                () -> {
                    log.truncateSuffix(lastIndexKept);
                    recent.cut(this, lastIndexKept);
                    members.cutAfter(lastIndexKept);
                    durable(lastIndexKept);
                });
    }

    @Override
    public boolean reset(long nextIndex) {
        last = null;
        return done(
                "start again at entry " + nextIndex,
                () -> {
                    log.reset(nextIndex);
                    recent.cut(this, 0);
                    members.cutAfter(nextIndex - 1);
                    durable(nextIndex - 1);
                });
    }

    private boolean done(String what, Runnable change) {
        try {
            change.run();
            return true;
        } catch (RuntimeException e) {
            LOG.error("Shard {}: could not {}", log.shard(), what, e);
            return false;
        }
    }

    private void durable(long index) {
        durableLock.lock();
        try {
            durableIndex = index;
            durableMoved.signalAll();
        } finally {
            durableLock.unlock();
        }
    }

    /**
     * Waits until the local log is durable up to an index: an entry may be committed by others and
     * applied before this broker has forced it.
     *
     * @return false if that did not happen in time
     */
    boolean awaitDurable(long index, long timeoutNanos) throws InterruptedException {
        long left = timeoutNanos;
        durableLock.lockInterruptibly();
        try {
            while (durableIndex < index) {
                if (left <= 0) {
                    return false;
                }
                left = durableMoved.awaitNanos(left);
            }
            return true;
        } finally {
            durableLock.unlock();
        }
    }

    /** Bytes appended since the start of the process, about. */
    long appendedBytes() {
        return appendedBytes;
    }

    /** The members by the log. */
    KnownMembers members() {
        return members;
    }
}
