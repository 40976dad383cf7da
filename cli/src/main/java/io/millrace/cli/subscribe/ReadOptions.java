package io.millrace.cli.subscribe;

import io.millrace.cli.DurationConverter;
import io.millrace.client.read.Consistency;
import io.millrace.client.read.ReadFrom;
import io.millrace.client.read.ReadToken;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** Where a verb reads, and what that is to have seen. */
final class ReadOptions {
    /** What --consistency takes. */
    enum Level {
        LINEARIZABLE,
        SESSION,
        EVENTUAL
    }

    static final class TokenConverter implements ITypeConverter<ReadToken> {
        @Override
        public ReadToken convert(final String text) {
            try {
                return ReadToken.parse(text);
            } catch (final RuntimeException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    @Option(
            names = "--consistency",
            paramLabel = "linearizable|session|eventual",
            description =
                    "What the reads are to have seen: every write acknowledged before; what --after"
                            + " names; or whatever the replica has. Default: the ends of logs"
                            + " linearizable, records as they come.")
    private Level level;

    @Option(
            names = "--after",
            paramLabel = "TOKEN",
            converter = TokenConverter.class,
            description =
                    "With --consistency session: all records below these offsets,"
                            + " TOPIC/PARTITION:OFFSET with commas between.")
    private ReadToken after;

    @Option(
            names = "--max-staleness",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "With --consistency eventual: leave replicas that are older than this.")
    private Duration maxStaleness;

    @Option(
            names = "--read-from",
            paramLabel = "leader|any",
            description =
                    "Read from the leaders, or from any replicas, which also serve while there is no"
                            + " leader. Default: leader.")
    private ReadFrom readFrom;

    ReadFrom readFrom() {
        return readFrom == null ? ReadFrom.LEADER : readFrom;
    }

    /** Whether any of these was given. */
    boolean isGiven() {
        return level != null || after != null || maxStaleness != null || readFrom != null;
    }

    /**
     * What was asked for; null: nothing.
     *
     * @throws ParameterException if the options contradict each other
     */
    Consistency consistency(final CommandSpec spec) {
        if ((level == Level.SESSION) != (after != null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--consistency session and --after TOKEN go together; give both or none");
        }
        if (maxStaleness != null && level != Level.EVENTUAL) {
            throw new ParameterException(
                    spec.commandLine(), "--max-staleness needs --consistency eventual");
        }
        if (level == null) {
            return null;
        }
        try {
            return switch (level) {
                case LINEARIZABLE -> Consistency.linearizable();
                case SESSION -> Consistency.session(after);
                case EVENTUAL ->
                        maxStaleness == null
                                ? Consistency.eventual()
                                : Consistency.eventual(maxStaleness);
            };
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }
}
