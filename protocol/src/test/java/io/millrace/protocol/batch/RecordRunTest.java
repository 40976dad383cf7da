package io.millrace.protocol.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordRunTest {

    @ParameterizedTest
    @EnumSource(Compression.class)
    void shouldBeABatchOfTheSameRecordsInTheirPlace(Compression compression) {
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            List<Record> records = new RandomRecords(random).records(1 + random.nextInt(20));
            RecordBatchBuilder builder = new RecordBatchBuilder();
            records.forEach(builder::append);
            boolean idempotent = random.nextBoolean();
            EncodedBatch encoded = builder.build(compression);
            byte[] whole = idempotent ? encoded.stamp(7, 3, 100) : encoded.withoutProducer();
            int from = random.nextInt(records.size());
            int to = from + 1 + random.nextInt(records.size() - from);

            RecordRun run = run(RecordBatch.validated(ByteBuffer.wrap(whole)), from, to);
            RecordBatch cut = RecordBatch.validated(ByteBuffer.wrap(run.encode()));

            assertThat(run.first()).as("seed " + seed).isEqualTo(from);
            assertThat(cut.records()).as("seed " + seed).isEqualTo(records.subList(from, to));
            BatchHeader header = cut.header();
            assertThat(header.producerId()).isEqualTo(idempotent ? 7 : 0);
            assertThat(header.producerEpoch()).isEqualTo(idempotent ? 3 : 0);
            assertThat(header.firstSequence()).isEqualTo(idempotent ? 100 + from : 0);
            assertThat(header.maxTimestampMs())
                    .as("seed " + seed)
                    .isEqualTo(
                            records.subList(from, to).stream()
                                    .mapToLong(Record::timestampMs)
                                    .reduce(header.baseTimestampMs(), Math::max));
        }
    }

    @Test
    void shouldTakeInOnlyWhatFollows() {
        RecordBatchBuilder builder = new RecordBatchBuilder();
        new RandomRecords(new Random(1)).records(3).forEach(builder::append);
        RecordBatch batch =
                RecordBatch.validated(
                        ByteBuffer.wrap(builder.build(Compression.NONE).withoutProducer()));
        RecordWalk walk = batch.walk();
        RecordRun run = walk.run();
        assertThatThrownBy(run::encode).isInstanceOf(IllegalStateException.class);
        walk.next();
        walk.next();
        assertThatThrownBy(run::extend).isInstanceOf(IllegalStateException.class);
    }

    private static RecordRun run(RecordBatch batch, int from, int to) {
        RecordWalk walk = batch.walk();
        for (int i = 0; i < from; i++) {
            walk.next();
        }
        RecordRun run = walk.run();
        for (int i = from; i < to; i++) {
            walk.next();
            run.extend();
        }
        return run;
    }
}
