package io.millrace.cli.subscribe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.read.Consistency;
import io.millrace.client.read.ReadFrom;
import io.millrace.client.read.ReadToken;
import io.millrace.client.record.TopicPartition;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

final class ReadOptionsTest {
    @Test
    void shouldReadEachConsistency() {
        assertThat(consistency()).isNull();
        assertThat(consistency("--consistency", "linearizable"))
                .isEqualTo(Consistency.linearizable());
        assertThat(consistency("--consistency", "session", "--after", "t/0:7"))
                .isEqualTo(Consistency.session(ReadToken.of(new TopicPartition("t", 0), 7)));
        assertThat(consistency("--consistency", "eventual", "--max-staleness", "5s"))
                .isEqualTo(Consistency.eventual(Duration.ofSeconds(5)));
    }

    @Test
    void shouldRefuseWhatContradictsItself() {
        refused("--consistency", "session");
        refused("--after", "t/0:7");
        refused("--max-staleness", "5s");
        refused("--consistency", "linearizable", "--max-staleness", "5s");
        refused("--consistency", "eventual", "--max-staleness", "2d");
        refused("--consistency", "session", "--after", "t:7");
    }

    @Test
    void shouldReadFromTheLeaderUnlessToldOtherwise() {
        assertThat(parsed().readFrom()).isEqualTo(ReadFrom.LEADER);
        assertThat(parsed("--read-from", "any").readFrom()).isEqualTo(ReadFrom.ANY);
    }

    private static void refused(final String... words) {
        assertThatThrownBy(() -> consistency(words)).isInstanceOf(ParameterException.class);
    }

    private static Consistency consistency(final String... words) {
        return parsed(words).consistency(new CommandLine(CommandSpec.create()).getCommandSpec());
    }

    private static ReadOptions parsed(final String... words) {
        final ReadOptions options = new ReadOptions();
        final CommandLine command =
                new CommandLine(CommandSpec.create().addMixin("r", spec(options)));
        command.setCaseInsensitiveEnumValuesAllowed(true).parseArgs(words);
        return options;
    }

    private static CommandSpec spec(final ReadOptions options) {
        return CommandSpec.forAnnotatedObject(options);
    }
}
