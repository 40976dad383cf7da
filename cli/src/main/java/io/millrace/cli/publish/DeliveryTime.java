package io.millrace.cli.publish;

import io.millrace.cli.DurationConverter;
import io.millrace.cli.TimeConverter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * When records may be delivered.
 *
 * @param moment asked for each record
 */
record DeliveryTime(Supplier<Instant> moment) {
    /** Reads a time, or {@code +DURATION}: so long after each record is published. */
    static final class Converter implements ITypeConverter<DeliveryTime> {
        private static final Duration LONGEST = Duration.ofDays(36_500);

        private final Clock clock;

        Converter(final Clock clock) {
            this.clock = clock;
        }

        @Override
        public DeliveryTime convert(final String text) {
            if (text.startsWith("+")) {
                final Duration wait = new DurationConverter().convert(text.substring(1));
                if (wait.compareTo(LONGEST) > 0) {
                    throw new TypeConversionException("'" + text + "' is longer than 100 years");
                }
                return new DeliveryTime(() -> clock.instant().plus(wait));
            }
            if (text.startsWith("-")) {
                throw new TypeConversionException(
                        "'" + text + "' lies back; write a time, or +10m for ten minutes from now");
            }
            final Instant time = new TimeConverter(clock).convert(text);
            return new DeliveryTime(() -> time);
        }
    }
}
