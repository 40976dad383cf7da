package io.millrace.broker.filter;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/** Compiles the regular expressions of one filter, within bounds on their number of steps. */
final class Regexps {

    /** How many steps the programs of a filter may have together. */
    static final int MAX_STEPS = 500;

    private static final String EXAMPLE = "key.matches(r\"^[0-9]+$\")";

    private int steps;

    Pattern compile(String regexp, int position) throws FilterSyntaxException {
        if (RegexpSize.estimate(regexp) > 2 * MAX_STEPS) {
            throw tooLarge(position);
        }
        Pattern pattern;
        try {
            pattern = Pattern.compile(regexp);
        } catch (PatternSyntaxException e) {
            throw new FilterSyntaxException(
                    position,
                    "a regular expression of RE2 was expected: " + e.getDescription(),
                    EXAMPLE);
        }
        steps += pattern.programSize();
        if (steps > MAX_STEPS) {
            throw tooLarge(position);
        }
        return pattern;
    }

    private static FilterSyntaxException tooLarge(int position) {
        return new FilterSyntaxException(
                position,
                "the regular expressions of a filter may have %d steps together, as written out"
                                .formatted(MAX_STEPS)
                        + " without counts; shorten it, balance its brackets, use no \\Q",
                EXAMPLE);
    }
}
