package io.millrace.protocol.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class RecordBatchTest {
    private static final int ROUNDS = 60;
    private static final String PLAIN =
            "4d5242016a49190c00000000000000020000000000000007000000000000"
                    + "00640000018bcfe568000000018bcfe56800000000010000004f0000004f"
                    + "4900026b45746865206d696c6c206772696e64732c20746865206d696c6c"
                    + "206772696e64732c20746865206d696c6c206772696e64732c2074686520"
                    + "6d696c6c206772696e64732c20000401000000";
    private static final String PLAIN_HEADERS =
            "4d524201d157b37600000000000000020000000000000007000000000000"
                    + "00640000018bcfe568000000018bcfe56800000000010000005900000059"
                    + "5300026b45746865206d696c6c206772696e64732c20746865206d696c6c"
                    + "206772696e64732c20746865206d696c6c206772696e64732c2074686520"
                    + "6d696c6c206772696e64732c2002016e0231046e756c6c000401000000";
    private static final String LZ4 =
            "4d52420179f457fe00000001000000020000000000000007000000000000"
                    + "00640000018bcfe568000000018bcfe56800000000010000004f00000022"
                    + "ff074900026b45746865206d696c6c206772696e64732c20110020600004"
                    + "01000000";
    private static final String LZ4_HEADERS =
            "4d5242018fce423100000001000000020000000000000007000000000000"
                    + "00640000018bcfe568000000018bcfe5680000000001000000590000002d"
                    + "ff075300026b45746865206d696c6c206772696e64732c20110020f00102"
                    + "016e0231046e756c6c000401000000";
    private static final String ZSTD =
            "4d524201084f7de600000002000000020000000000000007000000000000"
                    + "00640000018bcfe568000000018bcfe56800000000010000004f0000002c"
                    + "28b52ffd204f1d0100e04900026b45746865206d696c6c206772696e6473"
                    + "2c20000401000000010040e76c02";
    private static final String ZSTD_HEADERS =
            "4d5242016ec493b200000002000000020000000000000007000000000000"
                    + "00640000018bcfe568000000018bcfe56800000000010000005900000037"
                    + "28b52ffd205975010064025300026b45746865206d696c6c206772696e64"
                    + "732c2002016e0231046e756c6c000401000000010040e76c02";

    @ParameterizedTest
    @EnumSource(Compression.class)
    void shouldGiveBackWhatWasPutIn(Compression compression) {
        for (long seed = 1; seed <= ROUNDS; seed++) {
            Random random = new Random(seed);
            List<Record> records = new RandomRecords(random).records(1 + random.nextInt(50));
            RecordBatchBuilder builder = new RecordBatchBuilder(random.nextInt(20_000));
            for (Record record : records) {
                int before = builder.sizeInBytes();
                builder.append(record);
                assertThat((long) builder.sizeInBytes() - before)
                        .as("seed %d", seed)
                        .isLessThanOrEqualTo(RecordBatchBuilder.maxBytesOf(record));
            }
            byte[] bytes = builder.build(compression).stamp(7, 3, 100);
            ByteBuffer placed = ByteBuffer.allocate(bytes.length + 13).put(9, bytes);
            placed.position(9).limit(9 + bytes.length);

            RecordBatch batch = RecordBatch.validated(placed.asReadOnlyBuffer());
            batch.checkRecordCount();
            assertThat(batch.records()).as("seed %d", seed).isEqualTo(records);
            assertThat(batch.header().nextSequence()).isEqualTo(100 + records.size());
            assertThat(batch.header().batchLength()).isEqualTo(bytes.length);
            assertThat(placed.position()).isEqualTo(9);
        }
    }

    /** The bytes are in files and on the wire of every release: they do not change. */
    @ParameterizedTest
    @MethodSource("golden")
    void shouldReadTheGoldenBytes(Compression compression, boolean headers, String golden) {
        RecordBatch batch = RecordBatch.validated(ByteBuffer.wrap(HexFormat.of().parseHex(golden)));
        assertThat(batch.header().compression()).isEqualTo(compression);
        assertThat(batch.header().producerId()).isEqualTo(7);
        assertThat(batch.header().producerEpoch()).isEqualTo(1);
        assertThat(batch.header().firstSequence()).isEqualTo(100);
        assertThat(batch.records()).isEqualTo(goldenRecords(headers));
    }

    /** Not for compressed bodies: their bytes may differ between versions of the libraries. */
    @Test
    void shouldWriteTheGoldenBytes() {
        assertThat(HexFormat.of().formatHex(goldenBatch(Compression.NONE, false))).isEqualTo(PLAIN);
        assertThat(HexFormat.of().formatHex(goldenBatch(Compression.NONE, true)))
                .isEqualTo(PLAIN_HEADERS);
    }

    static Stream<Arguments> golden() {
        return Stream.of(
                Arguments.of(Compression.NONE, false, PLAIN),
                Arguments.of(Compression.NONE, true, PLAIN_HEADERS),
                Arguments.of(Compression.LZ4, false, LZ4),
                Arguments.of(Compression.LZ4, true, LZ4_HEADERS),
                Arguments.of(Compression.ZSTD, false, ZSTD),
                Arguments.of(Compression.ZSTD, true, ZSTD_HEADERS));
    }

    @Test
    void shouldLeaveABatchUncompressedWhereThatIsSmaller() {
        EncodedBatch batch =
                new RecordBatchBuilder()
                        .append(new Record(1, null, new byte[] {1, 2, 3}))
                        .build(Compression.ZSTD);
        assertThat(batch.compression()).isEqualTo(Compression.NONE);
    }

    @Test
    void shouldNotChangeAnArrayThatWasGivenOutWhenStampedAgain() {
        EncodedBatch batch =
                new RecordBatchBuilder()
                        .append(new Record(1, null, new byte[] {1}))
                        .build(Compression.NONE);
        byte[] first = batch.stamp(1, 0, 10);
        byte[] copy = first.clone();
        byte[] second = batch.stamp(2, 0, 0);
        assertThat(first).isEqualTo(copy);
        assertThat(BatchHeader.validate(ByteBuffer.wrap(second)).producerId()).isEqualTo(2);
    }

    /** Lengths are computed before anything is written, and must be those of what is written. */
    @Test
    void shouldKnowTheLengthOfEachRecordBeforehand() {
        String pair = "\uD83D\uDE00";
        List<String> names =
                List.of(
                        "",
                        "h",
                        "ä€" + pair,
                        pair.substring(0, 1),
                        pair.substring(1),
                        pair + "\uD83D");
        for (int size :
                new int[] {0, 1, 90, 118, 119, 120, 121, 126, 127, 128, 129, 16_380, 16_384}) {
            for (String name : names) {
                RecordBatchBuilder builder = new RecordBatchBuilder();
                List<Record> records = new ArrayList<>();
                for (long timestampMs : new long[] {64, 0, 128, Long.MAX_VALUE}) {
                    Header header = new Header(name, new byte[size]);
                    records.add(new Record(timestampMs, null, new byte[size]));
                    records.add(new Record(timestampMs, new byte[size], null, List.of(header)));
                }
                records.forEach(builder::append);
                byte[] batch = builder.build(Compression.NONE).stamp(1, 0, 0);
                List<Record> read = RecordBatch.validated(ByteBuffer.wrap(batch)).records();
                assertThat(read).hasSameSizeAs(records);
                for (int i = 0; i < read.size(); i++) {
                    assertThat(read.get(i).timestampMs()).isEqualTo(records.get(i).timestampMs());
                    assertThat(read.get(i).key()).isEqualTo(records.get(i).key());
                    assertThat(read.get(i).value()).isEqualTo(records.get(i).value());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void shouldWriteTheSameBytesWhateverWasExpected(Compression compression) {
        List<Record> records = new RandomRecords(new Random(1)).records(200);
        byte[] without = batchOf(new RecordBatchBuilder(), records, compression).stamp(7, 3, 100);
        for (int expected : new int[] {-1, 0, 512, 5_000, without.length, 1 << 20}) {
            EncodedBatch batch = batchOf(new RecordBatchBuilder(expected), records, compression);
            ByteBuffer first = batch.stamped(7, 3, 100);
            assertThat(first).isEqualTo(ByteBuffer.wrap(without));
            assertThat(first.array().length).isLessThanOrEqualTo(2 * batch.sizeInBytes());
            assertThat(batch.sizeInBytes()).isEqualTo(without.length);
            assertThat(batch.stamped(8, 0, 0)).isEqualTo(ByteBuffer.wrap(batch.stamp(8, 0, 0)));
            assertThat(first).as("after other stamps").isEqualTo(ByteBuffer.wrap(without));
        }
    }

    /** What a publisher does with the batch after one of about the same size. */
    @Test
    void shouldBuildABatchOfTheExpectedSizeWhereItStays() {
        RecordBatchBuilder builder = new RecordBatchBuilder(64 << 10);
        for (int i = 0; i < 60; i++) {
            builder.append(new Record(1, null, new byte[1024]));
        }
        ByteBuffer stamped = builder.build(Compression.NONE).stamped(1, 0, 0);
        assertThat(stamped.array()).hasSize(64 << 10);
    }

    private static EncodedBatch batchOf(
            RecordBatchBuilder builder, List<Record> records, Compression compression) {
        records.forEach(builder::append);
        return builder.build(compression);
    }

    @Test
    void shouldRefuseABodyWithFewerOrMoreRecordsThanItsHeaderSays() {
        byte[] bytes = goldenBatch(Compression.NONE, false);
        for (int count : new int[] {1, 3}) {
            ByteBuffer changed = ByteBuffer.wrap(bytes.clone());
            changed.putInt(BatchHeader.AT_RECORD_COUNT, count);
            changed.putInt(BatchHeader.AT_CRC, BatchHeader.crcOf(changed));
            RecordBatch batch = RecordBatch.validated(changed);
            assertThatThrownBy(batch::checkRecordCount)
                    .isInstanceOf(CorruptBatchException.class)
                    .hasMessageContaining("record count at byte 12: " + count);
            assertThatThrownBy(batch::records).isInstanceOf(CorruptBatchException.class);
        }
    }

    @Test
    void shouldRefuseARecordThatWouldMakeTheBatchTooLarge() {
        RecordBatchBuilder builder = new RecordBatchBuilder();
        builder.append(new Record(1, null, new byte[1]));
        int size = builder.sizeInBytes();
        byte[] large = new byte[BatchHeader.MAX_UNCOMPRESSED_BYTES];
        assertThatThrownBy(() -> builder.append(new Record(1, null, large)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(builder.sizeInBytes()).isEqualTo(size);
        assertThat(builder.count()).isEqualTo(1);
    }

    private static byte[] goldenBatch(Compression compression, boolean headers) {
        RecordBatchBuilder builder = new RecordBatchBuilder();
        goldenRecords(headers).forEach(builder::append);
        return builder.build(compression).stamp(7, 1, 100);
    }

    private static List<Record> goldenRecords(boolean headers) {
        byte[] value = "the mill grinds, ".repeat(4).getBytes(StandardCharsets.UTF_8);
        List<Header> some =
                headers ? List.of(Header.ofText("n", "1"), new Header("null", null)) : List.of();
        return List.of(
                new Record(1_700_000_000_000L, new byte[] {'k'}, value, some),
                new Record(1_699_999_999_999L, null, null, List.of()));
    }
}
