package io.millrace.cli.subscribe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.protocol.batch.Header;
import io.millrace.protocol.batch.Record;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RecordFormatTest {
    private static final byte[] RAW = {(byte) 0xff, 0, '\r', (byte) 0x80};

    @ParameterizedTest
    @CsvSource({
        "%v\\n, 'value~'",
        "%t/%p:%o, orders/3:42",
        "%T, 2026-11-22T10:00:00.007Z",
        "%k\\t%v, 'key\tvalue'",
        "%h, 'a=1,b='",
        "100%%, 100%",
        "\\\\, \\",
        "ä€%v, ä€value",
        "plain, plain",
        "'', ''"
    })
    void shouldPrintByPattern(final String pattern, final String text) throws IOException {
        final ReceivedRecord record =
                record(
                        "key".getBytes(UTF_8),
                        "value".getBytes(UTF_8),
                        List.of(Header.ofText("a", "1"), new Header("b", null)));
        assertThat(new String(print(RecordFormat.of(pattern), record), UTF_8))
                .isEqualTo(text.replace('~', '\n'));
    }

    @Test
    void shouldPrintBytesAsTheyAre() throws IOException {
        final byte[] bytes = print(RecordFormat.of("%k|%v|"), record(null, RAW, List.of()));
        assertThat(new String(bytes, ISO_8859_1))
                .isEqualTo("|" + new String(RAW, ISO_8859_1) + "|");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%x", "%", "a%", "\\", "\\r", "%v\\"})
    void shouldNameWhatItDoesNotKnow(final String pattern) {
        assertThatThrownBy(() -> RecordFormat.of(pattern))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldPrintJsonLinesThatLoseNoByte() throws IOException {
        final byte[] bytes =
                print(
                        new JsonLines(),
                        record(
                                "k\"ä".getBytes(UTF_8),
                                RAW,
                                List.of(Header.ofText("a", "1"), new Header("b", null))));
        assertThat(new String(bytes, UTF_8))
                .isEqualTo(
                        "{\"topic\":\"orders\",\"partition\":3,\"offset\":42,"
                                + "\"time\":\"2026-11-22T10:00:00.007Z\",\"key\":\"k\\\"ä\","
                                + "\"valueBase64\":\"/wANgA==\",\"headers\":[{\"name\":\"a\","
                                + "\"value\":\"1\"},{\"name\":\"b\",\"value\":null}]}\n");
    }

    private static byte[] print(final RecordPrinter printer, final ReceivedRecord record)
            throws IOException {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        printer.print(record, out);
        return out.toByteArray();
    }

    private static ReceivedRecord record(
            final byte[] key, final byte[] value, final List<Header> headers) {
        return new ReceivedRecord(
                new TopicPartition("orders", 3),
                42,
                1_795_341_600_007L,
                1,
                new Record(1_795_341_600_007L, key, value, headers));
    }
}
