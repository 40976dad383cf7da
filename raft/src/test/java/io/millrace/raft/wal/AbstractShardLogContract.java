package io.millrace.raft.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a {@link ShardLog} promises, for the journal and for the fake alike. */
abstract class AbstractShardLogContract {

    /** The log of a shard; the same log for the same number. */
    abstract ShardLog log(int shard);

    /** Stops and starts again; what was durable is there. */
    abstract void reopen();

    @Test
    void shouldBeEmptyAndBeginAtOneWhenNew() {
        assertThat(log(1).shard()).isEqualTo(1);
        assertRange(log(1), 1, 0);
        assertThat(log(1).read(1)).isNull();
        assertThat(log(1).term(1)).isZero();
        assertThat(log(1).read(0)).isNull();
    }

    @Test
    void shouldReadBackWhatWasAppended() {
        log(1).append(List.of(entry(1, 1, "a"), entry(2, 1, ""), entry(3, 4, "c")));

        assertRange(log(1), 1, 3);
        assertEntry(log(1), 1, 1, "a");
        assertEntry(log(1), 2, 1, "");
        assertEntry(log(1), 3, 4, "c");
        assertThat(log(1).term(2)).isEqualTo(1);
        assertThat(log(1).term(3)).isEqualTo(4);
        assertThat(log(1).read(4)).isNull();
        assertThat(log(1).term(4)).isZero();
    }

    @Test
    void shouldKeepTypeAndLeaveThePayloadOfTheCallerAlone() {
        ByteBuffer payload = ByteBuffer.wrap("xabcx".getBytes(StandardCharsets.UTF_8), 1, 3);
        log(1).append(List.of(new WalEntry(1, 1, (byte) 7, payload)));

        assertThat(payload.remaining()).isEqualTo(3);
        WalEntry read = log(1).read(1);
        assertThat(read.type()).isEqualTo((byte) 7);
        assertThat(text(read)).isEqualTo("abc");
    }

    @Test
    void shouldGiveEachReaderAPositionOfItsOwn() {
        append(log(1), 1, 1, 1);
        text(log(1).read(1));
        log(1).read(1).payload().position(1);

        assertEntry(log(1), 1, 1, "1.1.1");
    }

    @Test
    void shouldKeepEverythingOverAReopening() {
        append(log(1), 1, 50, 2);
        reopen();
        assertFilled(log(1), 1, 50, 2);
        append(log(1), 51, 60, 3);
        reopen();
        assertFilled(log(1), 1, 50, 2);
        assertFilled(log(1), 51, 60, 3);
        assertRange(log(1), 1, 60);
    }

    @Test
    void shouldTakeNothingFromAnEmptyAppend() {
        log(1).append(List.of());
        assertRange(log(1), 1, 0);
    }

    @Test
    void shouldRefuseEntriesThatDoNotFollowAndWriteNothing() {
        append(log(1), 1, 5, 1);

        assertThatThrownBy(() -> append(log(1), 7, 7, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expects entry 6, got 7");
        assertThatThrownBy(() -> append(log(1), 5, 5, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> log(1).append(List.of(entry(6, 1, "a"), entry(8, 1, "b"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertRange(log(1), 1, 5);
        append(log(1), 6, 6, 1);
        reopen();
        assertFilled(log(1), 1, 6, 1);
    }

    @Test
    void shouldKeepShardsApartWhenInterleaved() {
        for (int i = 1; i <= 40; i++) {
            for (int shard = 0; shard < 5; shard++) {
                append(log(shard), i, i, shard + 1);
            }
        }
        log(3).truncateSuffix(10);
        log(4).reset(100);
        log(2).truncatePrefix(30);
        for (int round = 0; round < 2; round++) {
            assertFilled(log(0), 1, 40, 1);
            assertFilled(log(1), 1, 40, 2);
            assertRange(log(2), 30, 40);
            assertFilled(log(3), 1, 10, 4);
            assertRange(log(3), 1, 10);
            assertRange(log(4), 100, 99);
            append(log(2), 41, 41, 3);
            log(2).truncateSuffix(40);
            reopen();
        }
    }

    @Test
    void shouldDropTheSuffixForGood() {
        append(log(1), 1, 20, 1);
        log(1).truncateSuffix(12);

        assertRange(log(1), 1, 12);
        assertThat(log(1).read(13)).isNull();
        assertThat(log(1).term(13)).isZero();
        reopen();
        assertRange(log(1), 1, 12);
        assertThat(log(1).read(13)).isNull();
        append(log(1), 13, 15, 2);
        reopen();
        assertFilled(log(1), 1, 12, 1);
        assertFilled(log(1), 13, 15, 2);
        assertRange(log(1), 1, 15);
    }

    @Test
    void shouldCutBackToNothingAndStartOver() {
        append(log(1), 1, 3, 1);
        log(1).truncateSuffix(0);
        assertRange(log(1), 1, 0);
        append(log(1), 1, 2, 5);
        reopen();
        assertFilled(log(1), 1, 2, 5);
        assertRange(log(1), 1, 2);
    }

    @Test
    void shouldIgnoreACutBehindTheEndAndRefuseOneBeforeTheBegin() {
        append(log(1), 1, 20, 1);
        log(1).truncateSuffix(20);
        log(1).truncateSuffix(25);
        assertRange(log(1), 1, 20);
        log(1).truncatePrefix(10);
        assertThatThrownBy(() -> log(1).truncateSuffix(8))
                .isInstanceOf(IllegalArgumentException.class);
        log(1).truncateSuffix(9);
        assertRange(log(1), 10, 9);
        append(log(1), 10, 10, 2);
        reopen();
        assertRange(log(1), 10, 10);
        assertFilled(log(1), 10, 10, 2);
    }

    @Test
    void shouldOnlyMoveTheMarkUp() {
        append(log(1), 1, 20, 1);
        log(1).truncatePrefix(11);
        log(1).truncatePrefix(5);
        log(1).truncatePrefix(11);

        assertRange(log(1), 11, 20);
        assertFilled(log(1), 11, 20, 1);
        append(log(1), 21, 21, 1);
        reopen();
        assertRange(log(1), 11, 21);
        assertFilled(log(1), 11, 21, 1);
    }

    @Test
    void shouldBeEmptyWhenTheMarkLiesBeyondTheEnd() {
        append(log(1), 1, 20, 1);
        log(1).truncatePrefix(101);

        assertRange(log(1), 101, 100);
        assertThatThrownBy(() -> append(log(1), 21, 21, 1))
                .isInstanceOf(IllegalArgumentException.class);
        append(log(1), 101, 110, 2);
        assertRange(log(1), 101, 110);
        reopen();
        assertRange(log(1), 101, 110);
        assertFilled(log(1), 101, 110, 2);
    }

    @Test
    void shouldStartWhereItIsResetTo() {
        append(log(1), 1, 20, 1);
        log(1).reset(500);

        assertRange(log(1), 500, 499);
        assertThat(log(1).read(10)).isNull();
        assertThat(log(1).read(500)).isNull();
        reopen();
        assertRange(log(1), 500, 499);
        assertThat(log(1).read(10)).isNull();
        append(log(1), 500, 503, 3);
        reopen();
        assertRange(log(1), 500, 503);
        assertFilled(log(1), 500, 503, 3);
        log(1).reset(2);
        assertRange(log(1), 2, 1);
        append(log(1), 2, 2, 9);
        reopen();
        assertRange(log(1), 2, 2);
        assertFilled(log(1), 2, 2, 9);
    }

    @Test
    void shouldTellTermsWithoutReading() {
        for (int i = 1; i <= 3000; i += 100) {
            append(log(1), i, i + 99, 1 + i / 500);
        }
        for (int round = 0; round < 2; round++) {
            for (int i = 1; i <= 3000; i++) {
                assertThat(log(1).term(i)).isEqualTo(1 + (i - 1) / 100 * 100L / 500);
            }
            reopen();
        }
    }

    static WalEntry entry(long index, long term, String text) {
        return new WalEntry(
                index, term, (byte) 1, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Appends entries whose text is shard.index.term. */
    static void append(ShardLog log, long first, long last, long term) {
        List<WalEntry> entries = new ArrayList<>();
        for (long i = first; i <= last; i++) {
            entries.add(entry(i, term, textOf(log, i, term)));
        }
        log.append(entries);
    }

    static void assertFilled(ShardLog log, long first, long last, long term) {
        for (long i = first; i <= last; i++) {
            assertEntry(log, i, term, textOf(log, i, term));
            assertThat(log.term(i)).isEqualTo(term);
        }
    }

    static void assertEntry(ShardLog log, long index, long term, String text) {
        WalEntry entry = log.read(index);
        assertThat(entry).as("entry %d of shard %d", index, log.shard()).isNotNull();
        assertThat(entry.index()).isEqualTo(index);
        assertThat(entry.term()).isEqualTo(term);
        assertThat(text(entry)).isEqualTo(text);
    }

    static void assertRange(ShardLog log, long first, long last) {
        assertThat(log.firstIndex()).as("first index of shard %d", log.shard()).isEqualTo(first);
        assertThat(log.lastIndex()).as("last index of shard %d", log.shard()).isEqualTo(last);
    }

    static String textOf(ShardLog log, long index, long term) {
        return log.shard() + "." + index + "." + term;
    }

    static String text(WalEntry entry) {
        return StandardCharsets.UTF_8.decode(entry.payload()).toString();
    }
}
