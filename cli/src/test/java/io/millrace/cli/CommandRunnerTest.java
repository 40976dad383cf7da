package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

final class CommandRunnerTest {
    private final CommandFixture millrace = new CommandFixture();

    @Test
    void shouldShowAllVerbsOnStderrWhenNoneIsGiven() {
        assertThat(millrace.run()).isEqualTo(2);
        assertThat(millrace.out()).isEmpty();
        assertThat(millrace.err()).contains("Usage: millrace").contains("completion");
    }

    @Test
    void shouldShowHelpOnStdout() {
        assertThat(millrace.run("--help")).isZero();
        assertThat(millrace.out()).contains("Usage: millrace").contains("MILLRACE_SERVER");
        assertThat(millrace.err()).isEmpty();
    }

    @Test
    void shouldPrintTheVersionOfTheBuild() {
        assertThat(millrace.run("--version")).isZero();
        assertThat(millrace.out()).matches("millrace \\d+\\.\\d+\\.\\d+\\S*\\R");
    }

    @Test
    void shouldNameTheUnknownVerbAndTheNearest() {
        assertThat(millrace.run("complet")).isEqualTo(2);
        assertThat(millrace.err())
                .startsWith("millrace: there is no verb 'complet'; did you mean completion?\n");
    }

    @Test
    void shouldRefuseAnUnknownVerbAlsoWhenHelpIsAskedFor() {
        assertThat(millrace.run("complet", "--help")).isEqualTo(2);
        assertThat(millrace.err()).startsWith("millrace: there is no verb 'complet'");
        assertThat(millrace.run("completion", "--help")).isZero();
    }

    @Test
    void shouldNameTheUnknownOption() {
        assertThat(millrace.run("completion", "bash", "--outptu", "json")).isEqualTo(2);
        assertThat(millrace.err())
                .startsWith(
                        "millrace completion: there is no option '--outptu'; did you mean --output");
    }

    @Test
    void shouldTakeGlobalOptionsBeforeTheVerb() {
        assertThat(millrace.with(new Echo()).run("--server", "a:1,b:2", "-o", "json", "echo"))
                .isZero();
        assertThat(millrace.out()).contains("\"servers\": [ \"a:1\", \"b:2\" ]");
    }

    @Test
    void shouldTakeGlobalOptionsAfterTheVerb() {
        assertThat(millrace.with(new Echo()).run("echo", "--server=[::1]:1", "--output=json"))
                .isZero();
        assertThat(millrace.out()).contains("\"servers\": [ \"[::1]:1\" ]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "host",
                "host:",
                ":7400",
                "host:0",
                "host:65536",
                "a:1,",
                "a b:1",
                "n\u00f6:1"
            })
    void shouldRefuseServersThatAreNoAddresses(final String servers) {
        assertThat(millrace.with(new Echo()).run("echo", "--server", servers)).isEqualTo(2);
        assertThat(millrace.err()).contains("'--server'");
    }

    @Test
    void shouldPutVerbsUnderTheirParent() {
        millrace.with(new Nested()).with(new Echo("nested"));
        assertThat(millrace.run("nested", "echo")).isZero();
        assertThat(millrace.out()).isEqualTo("127.0.0.1:7400\n");
    }

    @Test
    void shouldRefuseToStartWhenAParentIsMissing() {
        millrace.with(new Echo("nowhere"));
        assertThatThrownBy(() -> millrace.run("echo")).hasMessageContaining("'nowhere'");
    }

    @Test
    void shouldShowTheVerbsOfAGroupThatIsCalledAlone() {
        millrace.with(new Nested()).with(new Echo("nested"));
        assertThat(millrace.run("nested")).isEqualTo(2);
        assertThat(millrace.err()).contains("Usage: millrace nested").contains("echo");
    }

    @Test
    void shouldEndWithOneSentenceWhenRefused() {
        millrace.with(failing(new CommandException("topic a is full; trim it")));
        assertThat(millrace.run("echo")).isEqualTo(1);
        assertThat(millrace.err()).isEqualTo("millrace echo: topic a is full; trim it\n");
        assertThat(millrace.out()).isEmpty();
    }

    @Test
    void shouldSayWhatTheBrokerSaid() {
        millrace.with(
                failing(MillraceException.of(ErrorCode.UNKNOWN_TOPIC, "no topic a; create it")));
        assertThat(millrace.run("echo")).isEqualTo(1);
        assertThat(millrace.err()).isEqualTo("millrace echo: no topic a; create it\n");
    }

    @Test
    void shouldAskForABrokerWhenTheConnectionIsRefused() {
        millrace.with(
                failing(
                        MillraceException.of(
                                ErrorCode.DEADLINE_EXCEEDED,
                                "no answer",
                                new IOException(new ConnectException("refused")))));
        assertThat(millrace.run("echo")).isEqualTo(1);
        assertThat(millrace.err())
                .startsWith("millrace echo: no answer; is a broker running there?");
    }

    @Test
    void shouldShowTheStackTraceOnlyWithDebug() {
        millrace.with(failing(new IllegalStateException("odd")));
        assertThat(millrace.run("echo")).isEqualTo(1);
        assertThat(millrace.err()).contains("a bug").doesNotContain("\tat ");
        assertThat(millrace.run("echo", "--debug")).isEqualTo(1);
        assertThat(millrace.err()).contains("\tat ");
    }

    @Test
    void shouldSurviveErrorsOfTheJavaMachine() {
        millrace.with(failing(new NoClassDefFoundError("x/Y")));
        assertThat(millrace.run("echo")).isEqualTo(1);
        assertThat(millrace.err()).contains("NoClassDefFoundError").doesNotContain("\tat ");
    }

    @Test
    void shouldNameTheMissingFile() {
        millrace.with(failing(new UncheckedIOException(new NoSuchFileException("/a/b"))));
        assertThat(millrace.run("echo")).isEqualTo(1);
        assertThat(millrace.err()).isEqualTo("millrace echo: there is no file /a/b\n");
    }

    @Test
    void shouldEndQuietlyWhenTheReaderOfStdoutHasGone() {
        millrace.with(failing(new UncheckedIOException(new IOException("Broken pipe"))));
        assertThat(millrace.run("echo")).isZero();
        assertThat(millrace.err()).isEmpty();
    }

    @Test
    void shouldNotTakeABrokenConnectionForAReaderThatHasGone() {
        millrace.with(
                failing(
                        MillraceException.of(
                                ErrorCode.DEADLINE_EXCEEDED,
                                "no answer",
                                new UncheckedIOException(new IOException("Broken pipe")))));
        assertThat(millrace.run("echo")).isEqualTo(1);
        assertThat(millrace.err()).contains("no answer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void shouldPrintACompletionScript(final String shell) {
        assertThat(millrace.with(new Echo()).run("completion", shell)).isZero();
        assertThat(millrace.out()).contains("complete -F").contains("echo").contains("--server");
    }

    private static VerbProvider failing(final Throwable e) {
        return new Echo("", e);
    }

    /** Prints the servers, or fails. */
    private record Echo(String parent, Throwable failure) implements VerbProvider {
        Echo() {
            this("");
        }

        Echo(final String parent) {
            this(parent, null);
        }

        @Override
        public List<Object> verbs(final CommandContext context) {
            return List.of(new EchoVerb(context, failure));
        }
    }

    @Command(name = "echo")
    private static final class EchoVerb implements Callable<Integer> {
        private final CommandContext context;
        private final Throwable failure;

        @Option(names = "--own")
        private String own;

        EchoVerb(final CommandContext context, final Throwable failure) {
            this.context = context;
            this.failure = failure;
        }

        @Override
        public Integer call() {
            if (failure instanceof Error e) {
                throw e;
            }
            if (failure instanceof RuntimeException e) {
                throw e;
            }
            context.output()
                    .print(
                            Map.of("servers", context.servers()),
                            () -> String.join("\n", context.servers()));
            return ExitCode.DONE;
        }
    }

    private static final class Nested implements VerbProvider {
        @Override
        public List<Object> verbs(final CommandContext context) {
            return List.of(new NestedGroup());
        }
    }

    @Command(name = "nested")
    private static final class NestedGroup implements Group {}
}
