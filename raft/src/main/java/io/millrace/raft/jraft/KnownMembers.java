package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.conf.ConfigurationEntry;
import com.alipay.sofa.jraft.entity.PeerId;
import java.util.ArrayList;
import java.util.List;

/**
 * The members of a shard by a replica's log, from the newest configuration that is known to be
 * committed on. Thread-safe.
 */
final class KnownMembers {

    private final PeerId self;

    /** By index; never empty. */
    private final List<ConfigurationEntry> entries = new ArrayList<>();

    /**
     * @param self the replica
     * @param base the members where its log begins
     */
    KnownMembers(PeerId self, ConfigurationEntry base) {
        this.self = self;
        entries.add(base);
    }

    synchronized void add(ConfigurationEntry entry) {
        entries.add(entry);
    }

    /** The log ends with an index now. */
    synchronized void cutAfter(long index) {
        ConfigurationEntry first = entries.get(0);
        entries.removeIf(entry -> entry != first && entry.getId().getIndex() > index);
    }

    /** A checkpoint takes the place of the log. */
    synchronized void startWith(ConfigurationEntry base) {
        entries.clear();
        entries.add(base);
    }

    /** Forgets what was superseded for good. */
    synchronized void committed(long index) {
        while (entries.size() > 1 && entries.get(1).getId().getIndex() <= index) {
            entries.remove(0);
        }
    }

    /** The newest, committed or not. */
    synchronized Configuration newest() {
        return newestEntry().getConf();
    }

    /** The newest with those from before it, if it is half of a change. */
    synchronized ConfigurationEntry newestEntry() {
        return entries.get(entries.size() - 1);
    }

    /**
     * The members that count for sure: by the newest committed configuration, and while one change
     * is committed halfway, those from before it. Who is on the way out is in force until then.
     *
     * @param committed an index up to which the log is committed
     */
    synchronized Configuration inForce(long committed) {
        ConfigurationEntry newest = entries.get(0);
        for (ConfigurationEntry entry : entries) {
            if (entry.getId().getIndex() <= committed) {
                newest = entry;
            }
        }
        return newest.isStable() ? newest.getConf() : newest.getOldConf();
    }

    /**
     * Whether the shard goes on without this replica: the other voters are a majority by
     * themselves, in every configuration that may still hold. So they have all that was ever
     * acknowledged.
     */
    synchronized boolean isExpendable() {
        return entries.stream()
                .allMatch(entry -> goesOn(entry.getConf()) && goesOn(entry.getOldConf()));
    }

    private boolean goesOn(Configuration members) {
        if (!members.contains(self)) {
            return true;
        }
        return members.size() - 1 > members.size() / 2;
    }

    /**
     * Whether jraft would take all that is in this replica's log for committed when it starts,
     * although it does not decide alone: it counts the voters and does not look who they are.
     */
    synchronized boolean isOneOther() {
        Configuration newest = newest();
        return newest.size() == 1 && !newest.contains(self);
    }
}
