package io.millrace.cli;

import io.millrace.client.choice.ChoicePolicy;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The policies that --balance names. */
enum Balance {
    ADAPTIVE(ChoicePolicy::adaptive),
    ROUND_ROBIN(ChoicePolicy::roundRobin),
    LEAST_OUTSTANDING(ChoicePolicy::leastOutstanding),
    LEAST_RESPONSE_TIME(ChoicePolicy::leastResponseTime);

    private final Function<RandomGenerator, ChoicePolicy> policy;

    Balance(final Function<RandomGenerator, ChoicePolicy> policy) {
        this.policy = policy;
    }

    ChoicePolicy policy(final RandomGenerator random) {
        return policy.apply(random);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Reads the names as they are written. */
    static final class Converter implements ITypeConverter<Balance> {
        @Override
        public Balance convert(final String text) {
            return Arrays.stream(values())
                    .filter(it -> it.toString().equals(text.toLowerCase(Locale.ROOT)))
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    new TypeConversionException(
                                            "'"
                                                    + text
                                                    + "' is none of "
                                                    + Arrays.stream(values())
                                                            .map(Balance::toString)
                                                            .collect(Collectors.joining(", "))));
        }
    }
}
