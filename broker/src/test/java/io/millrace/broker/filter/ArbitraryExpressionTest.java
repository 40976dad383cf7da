package io.millrace.broker.filter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.batch.Header;
import io.millrace.protocol.batch.Record;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Texts and expressions at random, from seeds. */
final class ArbitraryExpressionTest {

    private static final String[] WORDS = {
        "key",
        "key_bytes",
        "headers",
        "has",
        "int",
        "null",
        "true",
        "in",
        "(",
        ")",
        "[",
        "]",
        ",",
        ".",
        "-",
        "!",
        "&&",
        "||",
        "==",
        "!=",
        "<",
        ">=",
        "'a'",
        "\"b\"",
        "b'c'",
        "r'\\d'",
        "7",
        "startsWith",
        "matches",
        "contains",
        " ",
        "'(a{9})+[x'",
        "\\",
        "'",
        "ä",
        "\uD83D",
        "#"
    };
    private static final String[] TEXTS = {null, "", "a", "b", "ab", "ba", "12", "-3"};
    private static final String[] NAMES = {"x", "y", "z"};

    @Test
    void shouldEndWithAFilterOrASyntaxExceptionWithinTheText() {
        for (long seed = 1; seed <= 20_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(14); i >= 0; i--) {
                text.append(WORDS[random.nextInt(WORDS.length)]);
            }
            try {
                RecordFilter.parse(text.toString()).matches(record(random));
            } catch (FilterSyntaxException e) {
                assertThat(e.position()).as("seed " + seed).isBetween(0, text.length());
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + ": " + text, e);
            }
        }
    }

    @Test
    void shouldNeverMakeARegularExpressionThatIsLargerThanWasToldBefore() {
        String pieces = "ab.*+?|()[]{}^$\\,:-0129dpQEx";
        for (long seed = 1; seed <= 20_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(24); i >= 0; i--) {
                switch (random.nextInt(8)) {
                    case 0 -> text.append("{").append(random.nextInt(6)).append("}");
                    case 1 -> text.append("{2,").append(2 + random.nextInt(4)).append("}");
                    case 2 -> text.append(random.nextBoolean() ? "(a" : "b)");
                    default -> text.append(pieces.charAt(random.nextInt(pieces.length())));
                }
            }
            String regexp = text.toString();
            int estimate = RegexpSize.estimate(regexp);
            if (estimate > 2 * Regexps.MAX_STEPS) {
                continue;
            }
            try {
                int size = com.google.re2j.Pattern.compile(regexp).programSize();
                assertThat(size).as("seed %d: %s", seed, regexp).isLessThan(20 + 6 * estimate);
            } catch (com.google.re2j.PatternSyntaxException expected) {
                // Most are none.
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + regexp, e);
            }
        }
    }

    @Test
    void shouldAgreeWithASimpleOracle() throws FilterSyntaxException {
        int held = 0;
        for (long seed = 1; seed <= 5_000; seed++) {
            Random random = new Random(seed);
            Made made = made(random, 4);
            RecordFilter filter = RecordFilter.parse(made.text());
            for (int i = 0; i < 10; i++) {
                Record record = record(random);
                boolean expected = made.oracle().on(record) == Boolean.TRUE;
                held += expected ? 1 : 0;
                assertThat(filter.matches(record))
                        .as("seed %d: %s on %s", seed, made.text(), record.headers())
                        .isEqualTo(expected);
            }
        }
        assertThat(held).isBetween(5_000, 45_000);
    }

    /** True, false, or null: cannot be told. */
    private interface Oracle {
        Boolean on(Record record);
    }

    private record Made(String text, Oracle oracle) {}

    private static Made made(Random random, int depth) {
        switch (depth == 0 ? 3 : random.nextInt(5)) {
            case 0 -> {
                Made one = made(random, depth - 1);
                return new Made(
                        "!(" + one.text() + ")",
                        r -> one.oracle().on(r) == null ? null : !one.oracle().on(r));
            }
            case 1 -> {
                return joined(random, depth, " && ", false);
            }
            case 2 -> {
                return joined(random, depth, " || ", true);
            }
            default -> {
                return test(random);
            }
        }
    }

    private static Made joined(Random random, int depth, String operator, boolean deciding) {
        Made left = made(random, depth - 1);
        Made right = made(random, depth - 1);
        return new Made(
                "(" + left.text() + ")" + operator + "(" + right.text() + ")",
                r -> {
                    Boolean a = left.oracle().on(r);
                    Boolean b = right.oracle().on(r);
                    if (Boolean.valueOf(deciding).equals(a)
                            || Boolean.valueOf(deciding).equals(b)) {
                        return deciding;
                    }
                    return a == null || b == null ? null : !deciding;
                });
    }

    private static Made test(Random random) {
        boolean ofKey = random.nextBoolean();
        String name = NAMES[random.nextInt(NAMES.length)];
        String term = ofKey ? "key" : "headers." + name;
        String literal = TEXTS[1 + random.nextInt(TEXTS.length - 1)];
        String quoted = "'" + literal + "'";
        return switch (random.nextInt(8)) {
            case 0 -> new Made("has(headers." + name + ")", r -> last(r, name) != null);
            case 1 ->
                    new Made(
                            term + " == " + quoted,
                            r ->
                                    missing(r, ofKey, name)
                                            ? null
                                            : literal.equals(of(r, ofKey, name)));
            case 2 ->
                    new Made(
                            term + " != null",
                            r -> missing(r, ofKey, name) ? null : of(r, ofKey, name) != null);
            case 3 ->
                    new Made(
                            term + " < " + quoted,
                            r ->
                                    of(r, ofKey, name) == null
                                            ? null
                                            : of(r, ofKey, name).compareTo(literal) < 0);
            case 4 ->
                    new Made(
                            term + ".contains(" + quoted + ")",
                            r ->
                                    of(r, ofKey, name) == null
                                            ? null
                                            : of(r, ofKey, name).contains(literal));
            case 5 ->
                    new Made(
                            term + " in [" + quoted + ", 'ab']",
                            r ->
                                    missing(r, ofKey, name)
                                            ? null
                                            : literal.equals(of(r, ofKey, name))
                                                    || "ab".equals(of(r, ofKey, name)));
            case 6 ->
                    new Made(
                            "int(" + term + ") >= -3",
                            r ->
                                    of(r, ofKey, name) == null
                                                    || !of(r, ofKey, name).matches("-?[0-9]+")
                                            ? null
                                            : Integer.parseInt(of(r, ofKey, name)) >= -3);
            default ->
                    new Made(
                            term + ".matches('^" + literal + "$')",
                            r ->
                                    of(r, ofKey, name) == null
                                            ? null
                                            : of(r, ofKey, name).equals(literal));
        };
    }

    private static boolean missing(Record record, boolean ofKey, String name) {
        return !ofKey && last(record, name) == null;
    }

    private static String of(Record record, boolean ofKey, String name) {
        if (ofKey) {
            return record.key() == null ? null : new String(record.key(), UTF_8);
        }
        Header header = last(record, name);
        return header == null ? null : header.text();
    }

    private static Header last(Record record, String name) {
        Header found = null;
        for (Header header : record.headers()) {
            found = header.name().equals(name) ? header : found;
        }
        return found;
    }

    private static Record record(Random random) {
        List<Header> headers = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            headers.add(new Header(NAMES[random.nextInt(NAMES.length)], bytes(random)));
        }
        return new Record(1, bytes(random), null, headers);
    }

    private static byte[] bytes(Random random) {
        String text = TEXTS[random.nextInt(TEXTS.length)];
        return text == null ? null : text.getBytes(UTF_8);
    }
}
