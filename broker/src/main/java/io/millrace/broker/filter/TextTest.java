package io.millrace.broker.filter;

import com.google.re2j.Pattern;

/** What a text can be asked. */
sealed interface TextTest {

    /**
     * Longer texts are not looked into: with the bounds of an expression this keeps a test at some
     * ten million steps at most, whatever text and pattern are.
     */
    int MAX_SEARCHED = 4_096;

    Verdict test(String text);

    private static boolean isTooLong(String text) {
        return text.length() > MAX_SEARCHED;
    }

    /** Whether it begins so. */
    record StartsWith(String prefix) implements TextTest {

        @Override
        public Verdict test(String text) {
            return Verdict.of(text.startsWith(prefix));
        }
    }

    /** Whether it ends so. */
    record EndsWith(String suffix) implements TextTest {

        @Override
        public Verdict test(String text) {
            return Verdict.of(text.endsWith(suffix));
        }
    }

    /** Whether it has this somewhere. */
    record Contains(String part) implements TextTest {

        @Override
        public Verdict test(String text) {
            return isTooLong(text) ? Verdict.UNKNOWN : Verdict.of(text.contains(part));
        }
    }

    /** Whether the pattern is found somewhere. RE2: its time is linear in the text. */
    record Matches(Pattern pattern) implements TextTest {

        @Override
        public Verdict test(String text) {
            return isTooLong(text) ? Verdict.UNKNOWN : Verdict.of(pattern.matcher(text).find());
        }
    }
}
