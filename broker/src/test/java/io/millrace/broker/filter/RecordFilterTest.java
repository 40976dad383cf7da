package io.millrace.broker.filter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.batch.Header;
import io.millrace.protocol.batch.Record;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RecordFilterTest {

    private static final Record RECORD =
            record(
                    "eu-42".getBytes(UTF_8),
                    Header.ofText("type", "created"),
                    Header.ofText("type", "paid"),
                    Header.ofText("trace-id", "ä'b\"c"),
                    Header.ofText("size", "-17"),
                    new Header("nothing", null),
                    new Header("rotten", new byte[] {(byte) 0xC3}));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "key == \"eu-42\"",
                "'eu-42' == key",
                "key != \"x\" && !(key == \"x\")",
                "key < \"eu-43\" && key <= 'eu-42' && key > 'eu' && key >= \"eu-42\"",
                "key_bytes == b\"eu\\x2d42\" && key_bytes > b'eu'",
                "headers.type == \"paid\"",
                "headers[\"trace-id\"] == \"\\u00e4'b\\\"c\"",
                "key in [\"a\", 'eu-42']",
                "headers.type in ['paid'] && !(headers.type in ['created'])",
                "int(headers.size) == -17 && int(headers.size) in [1, -17] && int(headers.size) < 0",
                "has(headers.type) && \"trace-id\" in headers && !has(headers.other)",
                "key.startsWith(\"eu-\") && key.endsWith('42') && key.contains(\"u-4\")",
                "key.matches(r\"^eu-\\d+$\") && key.matches(\"4\") && !key.matches('^4')",
                "has(headers.nothing) && headers.nothing == null && headers.nothing != 'a'",
                "key != null",
                "false || !false && true",
                "!!!false",
                // Told by the side that can be.
                "headers.other == 'a' || key == 'eu-42'",
                "!(headers.other == 'a' && false)",
                "has(headers.rotten)",
                " \t\r\n( ( key == 'eu-42' ) ) ",
            })
    void shouldHold(String expression) throws FilterSyntaxException {
        assertThat(RecordFilter.parse(expression).matches(RECORD)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "false",
                "key == 'eu-4'",
                "headers.type == 'created'",
                // What cannot be told does not hold, nor does its contrary.
                "headers.other == 'a'",
                "!(headers.other == 'a')",
                "headers.other != 'a'",
                "headers.other != null",
                "headers.other in ['a']",
                "!headers.other.contains('a')",
                "headers.rotten == 'a' || headers.rotten != 'a'",
                "int(key) == 42 || int(key) != 42",
                "int(headers.nothing) == 0",
                "headers.nothing < 'a' || headers.nothing.startsWith('')",
                "key == 'eu-42' && headers.other == 'a'",
            })
    void shouldNotHold(String expression) throws FilterSyntaxException {
        assertThat(RecordFilter.parse(expression).matches(RECORD)).isFalse();
    }

    @Test
    void shouldTellARecordWithoutKeyFromOneWithAnEmptyOne() throws FilterSyntaxException {
        Record without = record(null);
        Record empty = record(new byte[0]);
        assertThat(RecordFilter.parse("key == null").matches(without)).isTrue();
        assertThat(RecordFilter.parse("key_bytes == null").matches(without)).isTrue();
        assertThat(RecordFilter.parse("key == null").matches(empty)).isFalse();
        assertThat(RecordFilter.parse("key == ''").matches(without)).isFalse();
        assertThat(RecordFilter.parse("key == ''").matches(empty)).isTrue();
        assertThat(RecordFilter.parse("key < 'a'").matches(without)).isFalse();
    }

    @Test
    void shouldReadBinaryKeysOnlyAsBytes() throws FilterSyntaxException {
        Record binary = record(new byte[] {(byte) 0xFF, 1});
        assertThat(RecordFilter.parse("key_bytes == b'\\xff\\x01'").matches(binary)).isTrue();
        assertThat(RecordFilter.parse("key_bytes > b'z'").matches(binary)).isTrue();
        assertThat(RecordFilter.parse("key != 'a'").matches(binary)).isFalse();
        // U+FFFD itself is text like any other.
        Record replacement = record("\uFFFD".getBytes(UTF_8));
        assertThat(RecordFilter.parse("key == '\\ufffd'").matches(replacement)).isTrue();
    }

    @Test
    void shouldOrderTextByCodePoints() throws FilterSyntaxException {
        Record emoji = record("\uD83D\uDE00".getBytes(UTF_8));
        assertThat(RecordFilter.parse("key > '\\uff5e'").matches(emoji)).isTrue();
    }

    @Test
    void shouldNotLookIntoTextOfAnyLength() throws FilterSyntaxException {
        Record fits = record("a".repeat(TextTest.MAX_SEARCHED).getBytes(UTF_8));
        Record tooLong = record("a".repeat(TextTest.MAX_SEARCHED + 1).getBytes(UTF_8));
        for (String search : List.of("key.contains('a')", "key.matches('a')")) {
            assertThat(RecordFilter.parse(search).matches(fits)).isTrue();
            assertThat(RecordFilter.parse(search).matches(tooLong)).isFalse();
        }
        assertThat(RecordFilter.parse("key.startsWith('aa')").matches(tooLong)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "key = 'a'                    | 5  | operator was expected",
                "key                          | 4  | == != < <= > >= in",
                "key == 'a' &&                | 14 | found the end",
                "key == 'a' key == 'b'        | 12 | &&, || or the end",
                "key == 42                    | 8  | text was expected",
                "int(key) == '42'             | 13 | a number was expected",
                "key_bytes == 'a'             | 14 | bytes was expected",
                "key == 'a                    | 10 | has no end",
                "(key == 'a'                  | 12 | ) was expected",
                "value == 'a'                 | 1  | key, key_bytes, headers",
                "headers == 'a'               | 9  | a dot and a name",
                "headers.trace-id == 'a'      | 14 | == != <",
                "headers[1] == 'a'            | 9  | a name in quotes",
                "has(key)                     | 5  | headers was expected",
                "has(headers['a'])            | 12 | a dot and a name",
                "key in ['a', 1]              | 14 | a literal was expected that is text",
                "key in []                    | 9  | found ']'",
                "key in headers               | 1  | a name in quotes",
                "key.size() == 1              | 5  | startsWith",
                "key.startsWith(1)            | 16 | text in quotes",
                "key_bytes.startsWith('a')    | 1  | text was expected",
                "key.matches('(')             | 13 | shorten it",
                "key.matches('*')             | 13 | regular expression",
                "key < null                   | 5  | == or != was expected beside null",
                "int(key) > 9223372036854775808 | 12 | whole number",
                "key == 'a\\d'                 | 10 | after a backslash",
                "key == '\\ud800'              | 9  | surrogate",
                "key == '\\u12g4'              | 9  | hexadecimal",
                "int('a') == 1                | 5  | key or a header",
                "#                            | 1  | found '#'",
            })
    void shouldSayWhereAndWhatWasExpected(String expression, int character, String why) {
        assertThatThrownBy(() -> RecordFilter.parse(expression))
                .isInstanceOf(FilterSyntaxException.class)
                .hasMessageStartingWith("at character " + character + ": ")
                .hasMessageContaining(why)
                .hasMessageContaining("for example ");
    }

    @Test
    void shouldBoundLengthAndDepth() throws FilterSyntaxException {
        String longest = "true" + " ".repeat(RecordFilter.MAX_LENGTH - 4);
        assertThat(RecordFilter.parse(longest).matches(RECORD)).isTrue();
        assertThatThrownBy(() -> RecordFilter.parse(longest + " "))
                .isInstanceOf(FilterSyntaxException.class)
                .hasMessageContaining("4096");
        String deepest = "(".repeat(Parser.MAX_DEPTH) + "true" + ")".repeat(Parser.MAX_DEPTH);
        assertThat(RecordFilter.parse(deepest).matches(RECORD)).isTrue();
        assertThatThrownBy(() -> RecordFilter.parse("(" + deepest + ")"))
                .isInstanceOf(FilterSyntaxException.class)
                .hasMessageContaining("nested");
        assertThat(RecordFilter.parse("!".repeat(4_000) + "true").matches(RECORD)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(((a{99}){99}){99}){99}",
                "((a{2,1000}){30}){30}",
                "a{501}",
                "([)]{99}){99}",
                "([[:alpha:])]{99}){99}",
                "(\\){99}){99}",
                "(\\Q)\\E{99}){99}",
                "[]a]{600}",
            })
    void shouldRefuseRegularExpressionsThatGrowTooLargeWithoutMakingThem(String regexp) {
        assertThatThrownBy(() -> RecordFilter.parse("key.matches(r'" + regexp + "')"))
                .isInstanceOf(FilterSyntaxException.class)
                .hasMessageContaining("500 steps");
    }

    @Test
    void shouldBoundTheRegularExpressionsOfAFilterTogether() throws FilterSyntaxException {
        String one = "key.matches('[a-z]{200}')";
        RecordFilter.parse(one + " || " + one);
        assertThatThrownBy(() -> RecordFilter.parse(one + " || " + one + " || " + one))
                .isInstanceOf(FilterSyntaxException.class);
        RecordFilter.parse(
                "key.matches('^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$')");
    }

    private static Record record(byte[] key, Header... headers) {
        return new Record(1, key, null, List.of(headers));
    }
}
