package io.millrace.cli.group;

import io.millrace.cli.DurationConverter;
import io.millrace.cli.PositionConverter;
import io.millrace.client.admin.group.SeekPoint;
import io.millrace.client.subscribe.Position;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What {@code --to} takes. */
sealed interface SeekGoal {
    /** The same for all partitions. */
    record Everywhere(SeekPoint point) implements SeekGoal {}

    /** For each partition what a file says. */
    record ByFile(Path file) implements SeekGoal {}

    /**
     * Reads {@code earliest}, {@code latest}, an offset, {@code @TIME}, {@code -DURATION} (back
     * from now), {@code +N} or {@code -N} records, {@code group:NAME} or {@code file:PATH}.
     */
    final class Converter implements ITypeConverter<SeekGoal> {
        private static final String GROUP = "group:";
        private static final String FILE = "file:";

        private final Clock clock;

        Converter(final Clock clock) {
            this.clock = clock;
        }

        @Override
        public SeekGoal convert(final String text) {
            if (text.startsWith(FILE)) {
                return new ByFile(Path.of(rest(text, FILE)));
            }
            if (text.startsWith(GROUP)) {
                return new Everywhere(SeekPoint.asGroup(rest(text, GROUP)));
            }
            if (text.matches("[+-]\\d{1,18}")) {
                return new Everywhere(SeekPoint.shift(Long.parseLong(text)));
            }
            if (text.startsWith("-")) {
                return new Everywhere(SeekPoint.at(Position.time(back(text.substring(1)))));
            }
            if (text.equals("earliest")
                    || text.equals("latest")
                    || text.startsWith("@")
                    || text.matches("\\d{1,18}")) {
                return new Everywhere(SeekPoint.at(new PositionConverter(clock).convert(text)));
            }
            throw new TypeConversionException(
                    "'"
                            + text
                            + "' is no place to go to; write earliest, latest, an offset, @TIME,"
                            + " -1h (back from now), +10 or -10 (records), group:NAME or"
                            + " file:PATH");
        }

        private Instant back(final String duration) {
            try {
                final Instant time =
                        clock.instant().minus(new DurationConverter().convert(duration));
                return time.isBefore(Instant.EPOCH) ? Instant.EPOCH : time;
            } catch (final DateTimeException | ArithmeticException e) {
                return Instant.EPOCH;
            }
        }

        private static String rest(final String text, final String start) {
            if (text.length() == start.length()) {
                throw new TypeConversionException("'" + text + "' names nothing after " + start);
            }
            return text.substring(start.length());
        }
    }
}
