package io.millrace.cli;

import io.millrace.client.choice.ChoicePolicy;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The policies that --balance names. */
enum Balance {
    ADAPTIVE((random, client) -> ChoicePolicy.adaptive(random)),
    ROUND_ROBIN((random, client) -> ChoicePolicy.roundRobin(random)),
    WEIGHTED_ROUND_ROBIN((random, client) -> ChoicePolicy.weightedRoundRobin()),
    LEAST_OUTSTANDING((random, client) -> ChoicePolicy.leastOutstanding(random)),
    LEAST_RESPONSE_TIME((random, client) -> ChoicePolicy.leastResponseTime(random)),
    CLIENT_HASH((random, client) -> ChoicePolicy.clientHash(client));

    private final BiFunction<RandomGenerator, String, ChoicePolicy> policy;

    Balance(final BiFunction<RandomGenerator, String, ChoicePolicy> policy) {
        this.policy = policy;
    }

    /** A new policy for the client of this name. */
    ChoicePolicy policy(final RandomGenerator random, final String client) {
        return policy.apply(random, client);
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
