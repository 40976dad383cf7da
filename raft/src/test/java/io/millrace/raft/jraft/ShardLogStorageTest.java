package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.conf.ConfigurationEntry;
import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.PeerId;
import io.millrace.raft.wal.MemoryShardLog;
import io.millrace.raft.wal.WalEntry;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

final class ShardLogStorageTest {

    private final MemoryShardLog log = new MemoryShardLog(3);
    private boolean mayBegin = true;
    private final ShardLogStorage storage = storage(log, () -> mayBegin, List.of());

    /** The storage of the replica on node 1, with members that are known from the beginning. */
    static ShardLogStorage storage(
            MemoryShardLog log, BooleanSupplier mayBegin, List<PeerId> members) {
        ConfigurationEntry base =
                new ConfigurationEntry(
                        new LogId(0, 0), new Configuration(members), new Configuration());
        KnownMembers known = new KnownMembers(new PeerId("node", 1, 7), base);
        return new ShardLogStorage(
                log, base, List.of(), known, RecentEntries.none(), () -> true, mayBegin);
    }

    private static LogEntry data(long index, String text) {
        LogEntry entry = new LogEntry(EntryType.ENTRY_TYPE_DATA);
        entry.setId(new LogId(index, 2));
        entry.setData(ByteBuffer.wrap(("##" + text).getBytes(), 2, text.length()));
        return entry;
    }

    private static List<PeerId> peers(int... nodes) {
        return java.util.Arrays.stream(nodes).mapToObj(n -> new PeerId("node", n, 7)).toList();
    }

    private static LogEntry configuration(long index) {
        LogEntry entry = new LogEntry(EntryType.ENTRY_TYPE_CONFIGURATION);
        entry.setId(new LogId(index, 2));
        entry.setPeers(peers(1, 2));
        entry.setOldPeers(peers(1, 3));
        entry.setLearners(peers(4));
        return entry;
    }

    @Test
    void shouldReadBackWhatWasAppended() {
        LogEntry noOp = new LogEntry(EntryType.ENTRY_TYPE_NO_OP);
        noOp.setId(new LogId(3, 2));
        List<LogEntry> entries = List.of(data(1, "one"), configuration(2), noOp, data(4, "four"));

        assertThat(storage.appendEntries(entries)).isEqualTo(4);

        for (LogEntry entry : entries) {
            assertThat(storage.getEntry(entry.getId().getIndex())).isEqualTo(entry);
        }
        assertThat(entries.get(0).getData().remaining()).as("left as it was").isEqualTo(3);
        assertThat(storage.getEntry(0)).isNull();
        assertThat(storage.getEntry(5)).isNull();
        assertThat(storage.members().newest().listPeers()).isEqualTo(peers(1, 2));
        assertThat(storage.members().newest().listLearners()).isEqualTo(peers(4));
    }

    private boolean isExpendable(long committedIndex) {
        storage.members().committed(committedIndex);
        return storage.members().isExpendable();
    }

    /** L2: what only this replica has must never be given up. */
    @Test
    void shouldLetTheLogBeGivenUpOnlyWhileTheOtherVotersAreAMajority() {
        assertThat(isExpendable(0)).as("nobody knows who else is there").isTrue();
        storage.appendEntries(List.of(members(1, peers(1), null)));
        assertThat(isExpendable(1)).as("alone").isFalse();
        storage.appendEntries(List.of(members(2, peers(1, 2), null)));
        assertThat(isExpendable(2)).as("the other cannot go on alone").isFalse();
        storage.appendEntries(List.of(members(3, peers(1, 2, 3), null)));
        assertThat(isExpendable(2)).as("the third may not be a member yet").isFalse();
        assertThat(isExpendable(3)).isTrue();
        storage.appendEntries(List.of(members(4, peers(1, 2), peers(1, 2, 3))));
        assertThat(storage.members().isExpendable()).as("before it is committed").isFalse();
        assertThat(isExpendable(3)).as("the third may be gone").isFalse();
        storage.truncateSuffix(3);
        assertThat(isExpendable(3)).as("it stays after all").isTrue();
        storage.appendEntries(List.of(members(4, peers(2), null)));
        assertThat(isExpendable(4)).as("it is no member any more").isTrue();
    }

    @Test
    void shouldTakeTheMembersOfACheckpointInPlaceOfItsLog() {
        storage.appendEntries(List.of(members(1, peers(1, 2, 3), null)));
        storage.members()
                .startWith(
                        new ConfigurationEntry(
                                new LogId(9, 2), new Configuration(peers(1)), new Configuration()));
        storage.reset(10);

        assertThat(storage.members().newest().listPeers()).isEqualTo(peers(1));
        assertThat(isExpendable(9)).isFalse();
    }

    private static LogEntry members(long index, List<PeerId> now, List<PeerId> before) {
        LogEntry entry = new LogEntry(EntryType.ENTRY_TYPE_CONFIGURATION);
        entry.setId(new LogId(index, 2));
        entry.setPeers(now);
        entry.setOldPeers(before);
        return entry;
    }

    @Test
    void shouldHandOutBytesOfTheirOwnPosition() {
        storage.appendEntries(List.of(data(1, "one")));
        storage.getEntry(1).getData().get();
        assertThat(storage.getEntry(1).getData().remaining()).isEqualTo(3);
    }

    @Test
    void shouldForgetWhatIsCutOff() {
        storage.appendEntries(List.of(data(1, "one"), data(2, "two"), data(3, "three")));

        assertThat(storage.truncateSuffix(1)).isTrue();
        assertThat(storage.getEntry(3)).isNull();
        assertThat(storage.getLastLogIndex()).isEqualTo(1);
        assertThat(storage.appendEntry(data(2, "other"))).isTrue();
        assertThat(storage.getEntry(2)).isEqualTo(data(2, "other"));

        assertThat(storage.truncatePrefix(2)).isTrue();
        assertThat(storage.getFirstLogIndex()).isEqualTo(2);
        assertThat(storage.reset(10)).isTrue();
        assertThat(storage.getFirstLogIndex()).isEqualTo(10);
        assertThat(storage.getLastLogIndex()).isEqualTo(9);
        assertThat(storage.getEntry(2)).isNull();
    }

    @Test
    void shouldTellAFailureInsteadOfThrowing() {
        assertThat(storage.appendEntries(List.of(data(7, "a gap")))).isZero();
        assertThat(storage.truncateSuffix(-5)).isFalse();
        mayBegin = false;
        assertThat(storage.appendEntries(List.of(data(1, "one")))).isZero();
    }

    @Test
    void shouldWaitUntilTheLogIsDurable() throws Exception {
        assertThat(storage.awaitDurable(1, 1)).isFalse();
        Thread writer = new Thread(() -> storage.appendEntry(data(1, "one")));
        writer.start();
        assertThat(storage.awaitDurable(1, 20_000_000_000L)).isTrue();
        writer.join();
        storage.truncateSuffix(0);
        assertThat(storage.awaitDurable(1, 1)).isFalse();
    }

    @Test
    void shouldRefuseEntriesOfALaterFormat() {
        ByteBuffer later = ByteBuffer.wrap(new byte[] {9, '\n', '\n', '\n', '\n'});
        assertThatThrownBy(
                        () ->
                                EntryCodec.decode(
                                        new WalEntry(5, 1, EntryCodec.CONFIGURATION, later)))
                .hasMessageContaining("entry 5")
                .hasMessageContaining("configuration format 9");
        assertThatThrownBy(() -> EntryCodec.decode(new WalEntry(5, 1, (byte) 77, later)))
                .hasMessageContaining("type 77");
        log.append(List.of(new WalEntry(1, 1, (byte) 77, later)));
        assertThat(storage.getEntry(1)).as("jraft must stop, not throw").isNull();
    }
}
