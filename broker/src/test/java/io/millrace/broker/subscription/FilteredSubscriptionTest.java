package io.millrace.broker.subscription;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.partition.StoredBatch;
import io.millrace.protocol.batch.BatchHeader;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.batch.Header;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatch;
import io.millrace.protocol.batch.RecordBatchBuilder;
import io.millrace.v1.Credit;
import io.millrace.v1.DeliveredBatch;
import io.millrace.v1.ErrorReason;
import io.millrace.v1.PartitionGap;
import io.millrace.v1.PartitionPosition;
import io.millrace.v1.Position;
import io.millrace.v1.SetPaused;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeStart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class FilteredSubscriptionTest extends SubscriptionFixture {

    private static final String FILTER = "key == 'm' && headers.n != 'x'";
    private static final Credit PLENTY = credit(1_000_000, 1 << 30);

    @ParameterizedTest
    @EnumSource(Compression.class)
    void shouldSendRunsOfWhatMatchesAndTellOfTheRest(Compression compression) throws IOException {
        append("..mm.m", compression);
        append("mmm", compression);
        append("...", compression);
        append("m..", compression);
        startFiltered(earliest(), PLENTY);

        assertThat(told())
                .containsExactly("-0-2", "2+2", "-4-5", "5+1", "6+3", "-9-12", "12+1", "-13-15");
        DeliveredBatch run = outlet.batches().get(0);
        RecordBatch batch = RecordBatch.validated(run.getBatch().asReadOnlyByteBuffer());
        assertThat(batch.records()).containsExactly(record(2, 'm'), record(3, 'm'));
        assertThat(batch.header().producerId()).isEqualTo(7);
        assertThat(batch.header().firstSequence()).isEqualTo(102);
        assertThat(run.getAppendTimeMs()).isEqualTo(1_000);
        assertThat(run.getLeaderEpoch()).isEqualTo(1);
    }

    @Test
    void shouldSendABatchThatMatchesWhollyAsItIs() throws IOException {
        byte[] bytes = append("mmmm", Compression.ZSTD);
        startFiltered(earliest(), PLENTY);
        assertThat(outlet.batches().get(0).getBatch().toByteArray()).isEqualTo(bytes);
        assertThat(told()).containsExactly("0+4");
    }

    @Test
    void shouldSayForASecondThatItsTestsWerePutOff() throws IOException {
        append("..", Compression.NONE);
        startFiltered(earliest(), PLENTY);
        assertThat(session.heldBackFilter(1)).isEmpty();

        int inATurn = (int) (TestBudget.MAX_COST / TestBudget.MIN_RECORD_COST);
        append(".".repeat(inATurn), Compression.NONE);
        assertThat(session.heldBackFilter(1)).isEmpty();
        append(".".repeat(inATurn + 1), Compression.NONE);
        assertThat(session.heldBackFilter(1)).contains(FILTER);
        assertThat(session.heldBackFilter(2)).isEmpty();
        nanos += HeldBack.RECENT_NANOS + 1;
        assertThat(session.heldBackFilter(1)).isEmpty();
    }

    @Test
    void shouldTellOfALongStretchOnceAndThenWithEachHeartbeat() throws IOException {
        for (int i = 0; i < 500; i++) {
            append("....", Compression.NONE);
        }
        startFiltered(earliest(), PLENTY);
        assertThat(told()).containsExactly("-0-2000");

        // The log grows slowly: not a message for each record.
        append("..", Compression.NONE);
        append("..", Compression.NONE);
        assertThat(told()).hasSize(1);
        session.onHeartbeatTick();
        assertThat(told()).containsExactly("-0-2000", "-2000-2004");
        PartitionPosition position = outlet.last().getHeartbeat().getPositions(0);
        assertThat(position.getNextOffset()).isEqualTo(2_004);
        session.onHeartbeatTick();
        assertThat(told()).hasSize(2);

        append("..", Compression.NONE);
        assertThat(told()).endsWith("-2004-2006");
        append(".m", Compression.NONE);
        assertThat(told()).endsWith("-2004-2006", "-2006-2007", "2007+1");
    }

    @Test
    void shouldSpendCreditOnWhatIsSentOnly() throws IOException {
        append(".".repeat(300) + "m" + ".".repeat(300) + "m.", Compression.NONE);
        startFiltered(earliest(), credit(1, 1_000));
        assertThat(told()).containsExactly("-0-300", "300+1");
        request(SubscribeRequest.newBuilder().setCredit(credit(1, 1_000)).build());
        assertThat(told()).containsExactly("-0-300", "300+1", "-301-601", "601+1");
        session.onHeartbeatTick();
        assertThat(told()).hasSize(4);
    }

    @Test
    void shouldStartInTheMiddleOfABatchAndGoOnThereAfterAPause() throws IOException {
        append("mm.mm", Compression.LZ4);
        startFiltered(position(p -> p.setOffset(1)), credit(1, 1_000));
        assertThat(told()).containsExactly("1+1");
        request(paused(true));
        request(SubscribeRequest.newBuilder().setCredit(PLENTY).build());
        assertThat(told()).hasSize(1);
        request(paused(false));
        assertThat(told()).containsExactly("1+1", "-2-3", "3+2");
    }

    @Test
    void shouldTellWhatIsLeftOutFromWhatIsGone() throws IOException {
        append("...m", Compression.NONE);
        append("mm", Compression.NONE);
        append("m", Compression.NONE);
        startFiltered(earliest(), credit(1, 1_000));
        log.trim(6);
        request(SubscribeRequest.newBuilder().setCredit(PLENTY).build());
        assertThat(told()).containsExactly("-0-3", "3+1", "EXPIRED-4-6", "6+1");
    }

    @Test
    void shouldRefuseWhatIsNoExpressionBeforeAnythingIsSent() throws IOException {
        append("m", Compression.NONE);
        start(SubscribeStart.newBuilder().setFilter("key = 'm'"), part(1, 0, earliest()));
        assertThat(outlet.sent).hasSize(1);
        assertThat(outlet.endReason()).isEqualTo(ErrorReason.INVALID_ARGUMENT);
        assertThat(outlet.last().getEnd().getError().getMetadataMap())
                .containsEntry("field", "filter")
                .containsEntry("position", "4");
        assertThat(outlet.completed).isTrue();
    }

    @Test
    void shouldSayWhichRecordsCannotBeTested() throws IOException {
        append("m", Compression.NONE);
        append(log, 3);
        append("m", Compression.NONE);
        startFiltered(earliest(), PLENTY);
        assertThat(told()).containsExactly("0+1");
        assertThat(outlet.endReason()).isEqualTo(ErrorReason.CORRUPT_LOG);
        assertThat(outlet.last().getEnd().getHandle()).isEqualTo(1);
        assertThat(outlet.last().getEnd().getError().getMessage()).contains("subscribe from 4 on");
    }

    @Test
    void shouldSharePlaceAmongPartitionsAndTurnsWhileNothingMatches() throws IOException {
        Deque<Runnable> turns = new ArrayDeque<>();
        executor = turns::add;
        int records = 20_000;
        append(".".repeat(records), Compression.ZSTD);
        append("m", Compression.ZSTD);
        StoredBatch one = batch(0, "m", Compression.NONE);
        other.append(List.of(one));
        request(
                SubscribeRequest.newBuilder()
                        .setStart(
                                SubscribeStart.newBuilder()
                                        .setProtocolVersion(1)
                                        .setFilter(FILTER)
                                        .setInitialCredit(PLENTY)
                                        .addPartitions(part(1, 0, earliest()))
                                        .addPartitions(part(2, 1, earliest())))
                        .build());
        int taken = 0;
        while (!turns.isEmpty()) {
            turns.remove().run();
            taken++;
            assertThat(tested).isLessThanOrEqualTo(taken * 4_097);
        }
        assertThat(taken).isBetween(5, 50);
        assertThat(tested).isEqualTo(records + 2);
        assertThat(matched).isEqualTo(2);
        assertThat(outlet.batches()).hasSize(2);
    }

    @Test
    void shouldCutALongRunSoThatNoMessageIsLargerThanABatch() throws IOException {
        RecordBatchBuilder builder = new RecordBatchBuilder();
        builder.append(record(0, '.'));
        for (int i = 1; i < 40; i++) {
            builder.append(new Record(1, new byte[] {'m'}, new byte[100_000], List.of(header(i))));
        }
        byte[] bytes = builder.build(Compression.ZSTD).withoutProducer();
        log.append(List.of(new StoredBatch(0, 40, 1, 1, 1_000, ByteBuffer.wrap(bytes))));
        startFiltered(earliest(), PLENTY);
        assertThat(told()).containsExactly("-0-1", "1+11", "12+11", "23+11", "34+6");
    }

    /** Whatever happens: no hole, no double, nothing that does not match, all that does. */
    @Test
    void shouldTellOfEveryOffsetOnceInOrder() throws IOException {
        for (long seed = 1; seed <= 200; seed++) {
            openLogs();
            outlet.sent.clear();
            Random random = new Random(seed);
            List<Record> all = new ArrayList<>();
            for (int i = random.nextInt(5); i > 0; i--) {
                all.addAll(appendAny(random));
            }
            int from = random.nextInt(all.size() + 1);
            startFiltered(position(p -> p.setOffset(from)), credit(random.nextInt(9), 5_000));
            for (int step = 0; step < 40; step++) {
                switch (random.nextInt(5)) {
                    case 0 -> all.addAll(appendAny(random));
                    case 1 -> session.onHeartbeatTick();
                    case 2 -> request(paused(random.nextBoolean()));
                    case 3 -> log.trim(random.nextInt(all.size() + 1));
                    default ->
                            request(
                                    SubscribeRequest.newBuilder()
                                            .setCredit(credit(random.nextInt(9), 500))
                                            .build());
                }
            }
            request(paused(false));
            request(SubscribeRequest.newBuilder().setCredit(PLENTY).build());
            session.onHeartbeatTick();
            check(seed, from, all);
        }
    }

    private void check(long seed, int from, List<Record> all) {
        long next = from;
        for (SubscribeResponse message : outlet.sent) {
            if (message.hasGap()) {
                PartitionGap gap = message.getGap();
                assertThat(gap.getFromOffset()).as("seed " + seed).isEqualTo(next);
                assertThat(gap.getToOffset()).as("seed " + seed).isGreaterThan(next);
                if (gap.getReason() == PartitionGap.Reason.REASON_FILTERED) {
                    assertThat(all.subList((int) next, (int) gap.getToOffset()))
                            .as("seed " + seed)
                            .noneMatch(FilteredSubscriptionTest::matches);
                }
                next = gap.getToOffset();
            } else if (message.hasBatch()) {
                DeliveredBatch batch = message.getBatch();
                assertThat(batch.getBaseOffset()).as("seed " + seed).isEqualTo(next);
                next += batch.getRecordCount();
                assertThat(RecordBatch.validated(batch.getBatch().asReadOnlyByteBuffer()).records())
                        .as("seed " + seed)
                        .isEqualTo(all.subList((int) batch.getBaseOffset(), (int) next))
                        .allMatch(FilteredSubscriptionTest::matches);
            } else {
                assertThat(message.hasEnd()).as("seed " + seed).isFalse();
            }
        }
        assertThat(next).as("seed " + seed).isEqualTo(all.size());
    }

    private List<Record> appendAny(Random random) throws IOException {
        StringBuilder keys = new StringBuilder();
        boolean dense = random.nextBoolean();
        for (int i = random.nextInt(12); i >= 0; i--) {
            keys.append(random.nextInt(4) == 0 == dense ? '.' : 'm');
        }
        Compression[] all = Compression.values();
        byte[] bytes = append(keys.toString(), all[random.nextInt(all.length)]);
        return RecordBatch.validated(ByteBuffer.wrap(bytes)).records();
    }

    private static boolean matches(Record record) {
        return record.key() != null && record.key()[0] == 'm';
    }

    private void startFiltered(Position position, Credit credit) {
        request(
                SubscribeRequest.newBuilder()
                        .setStart(
                                SubscribeStart.newBuilder()
                                        .setProtocolVersion(1)
                                        .setFilter(FILTER)
                                        .setInitialCredit(credit)
                                        .addPartitions(part(1, 0, position)))
                        .build());
    }

    private static SubscribeRequest paused(boolean paused) {
        return SubscribeRequest.newBuilder()
                .setSetPaused(SetPaused.newBuilder().setHandle(1).setPaused(paused))
                .build();
    }

    /** Batches as base+count, gaps as reason-from-to. */
    private List<String> told() {
        List<String> told = new ArrayList<>();
        for (SubscribeResponse message : outlet.sent) {
            if (message.hasBatch()) {
                DeliveredBatch batch = message.getBatch();
                told.add(batch.getBaseOffset() + "+" + batch.getRecordCount());
            } else if (message.hasGap()) {
                PartitionGap gap = message.getGap();
                String reason =
                        gap.getReason().name().replace("REASON_", "").replace("FILTERED", "");
                told.add(reason + "-" + gap.getFromOffset() + "-" + gap.getToOffset());
            }
        }
        return told;
    }

    private byte[] append(String keys, Compression compression) throws IOException {
        StoredBatch batch = batch(log.endOffset(), keys, compression);
        log.append(List.of(batch));
        return batch.batch().array();
    }

    private static StoredBatch batch(long base, String keys, Compression compression) {
        RecordBatchBuilder builder = new RecordBatchBuilder();
        for (int i = 0; i < keys.length(); i++) {
            builder.append(record(base + i, keys.charAt(i)));
        }
        byte[] bytes = builder.build(compression).stamp(7, 3, 100 + base);
        BatchHeader.validate(ByteBuffer.wrap(bytes));
        return new StoredBatch(
                base, keys.length(), base + 1, 1, 1_000 + base, ByteBuffer.wrap(bytes));
    }

    /** Key m matches; another has the header that is refused, or no key at all. */
    private static Record record(long offset, char key) {
        byte[] bytes = key == 'm' ? new byte[] {'m'} : null;
        return new Record(
                1_700_000_000_000L - offset,
                bytes,
                ("value " + offset).getBytes(UTF_8),
                List.of(header(offset)));
    }

    private static Header header(long offset) {
        return Header.ofText("n", Long.toString(offset));
    }
}
