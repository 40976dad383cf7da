package io.millrace.tests.processes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The verbs against a broker, as people and as scripts use them. */
@Timeout(value = 5, unit = MINUTES)
class CliTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension static final Brokers BROKERS = new Brokers();

    @TempDir static Path directory;
    private static StandaloneBroker broker;
    private static Cli cli;
    private String topic;

    @BeforeAll
    static void start() throws Exception {
        broker = BROKERS.start(directory, "-c", "wal.segment-bytes=16MiB");
        cli = Cli.of(directory, broker);
    }

    @BeforeEach
    void nameTopic(TestInfo test) {
        topic = test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void shouldLeadATopicThroughItsLife() throws Exception {
        ToolRun.Result created =
                cli.succeed("topic", "create", topic, "-p", "2", "-c", "segment.bytes=64KiB");
        assertThat(text(created)).contains("created topic " + topic, "2 partitions");
        assertThat(text(cli.succeed("topic", "list"))).contains(topic, "segment.bytes=65536");

        cli.succeed("topic", "set", topic, "-c", "retention.ms=1h");
        assertThat(json("topic", "grow", topic, "-p", "3").get("partitions").asInt()).isEqualTo(3);
        assertThat(publish("a\nb\nc\n", "--partition", "2").stderr()).contains("acknowledged 3");
        assertThat(text(cli.succeed("topic", "describe", topic)))
                .containsPattern("retention.ms +3600000")
                .containsPattern("(?m)^ +2 .* 0 +3 ");

        JsonNode trimmed =
                json("topic", "trim", topic, "--before", "2", "--partition", "2", "--yes");
        assertThat(trimmed.get(0).get("logStartOffset").asInt()).isEqualTo(2);
        assertThat(text(follow())).isEqualTo("c\n");

        assertThat(text(cli.succeed("topic", "delete", topic, "--plan"))).contains("would delete");
        ToolRun.Result unanswered = cli.run("topic", "delete", topic);
        assertThat(unanswered.exit()).isEqualTo(1);
        assertThat(unanswered.stderr()).contains("nothing was done", "--yes");
        assertThat(json("topic", "delete", topic, "--yes").get("recordCount").asInt()).isOne();
        assertThat(json("topic", "list").findValuesAsText("name")).doesNotContain(topic);
    }

    @Test
    void shouldShowThePartsOfARecord() throws Exception {
        cli.succeed("topic", "create", topic, "-p", "1");
        publish("k1:v1\nk2:v2:x\n", "--key-separator", ":", "--header", "lang=en");

        assertThat(text(follow("--format", "%t %p %o %k %v %h\\n")))
                .isEqualTo("%1$s 0 0 k1 v1 lang=en\n%1$s 0 1 k2 v2:x lang=en\n".formatted(topic));
        JsonNode first = JSON.readTree(follow("--count", "1", "--output", "json").stdout());
        assertThat(first.get("key").asText()).isEqualTo("k1");
        assertThat(first.get("value").asText()).isEqualTo("v1");
    }

    @Test
    void shouldTellHowTheClusterIs() throws Exception {
        assertThat(text(cli.succeed("cluster", "status"))).contains("3 with a leader");
        JsonNode status = json("cluster", "status");
        assertThat(status.get("healthy").asBoolean()).isTrue();
        assertThat(status.get("shards"))
                .hasSize(3)
                .allSatisfy(shard -> assertThat(shard.get("leaderNode").asInt()).isEqualTo(1));

        Cli nowhere = new Cli(directory, "127.0.0.1:1");
        assertThat(nowhere.refuse("cluster", "status")).contains("127.0.0.1:1", "standalone");
    }

    @Test
    void shouldTellByTheExitCodeWhatHappened() throws Exception {
        cli.succeed("topic", "create", topic);
        cli.succeed("topic", "create", topic, "--if-not-exists");
        assertThat(cli.refuse("topic", "create", topic)).contains("exists");
        assertThat(cli.run("topic", "create", topic, "-p", "many").exit()).isEqualTo(2);
        assertThat(text(cli.succeed("--version"))).startsWith("millrace ");
    }

    private ToolRun.Result publish(String lines, String... options) throws Exception {
        ToolRun.Result result =
                cli.feed(lines.getBytes(UTF_8), with(List.of("publish", topic), options));
        assertThat(result.exit()).as("%s", result).isZero();
        return result;
    }

    private ToolRun.Result follow(String... options) throws Exception {
        List<String> verb = List.of("subscribe", topic, "--from", "earliest", "--exit-at-end");
        return cli.succeed(with(verb, options));
    }

    private static String[] with(List<String> verb, String... options) {
        String[] all = verb.toArray(new String[verb.size() + options.length]);
        System.arraycopy(options, 0, all, verb.size(), options.length);
        return all;
    }

    private static JsonNode json(String... arguments) throws Exception {
        return JSON.readTree(cli.succeed(with(List.of(arguments), "--output", "json")).stdout());
    }

    private static String text(ToolRun.Result result) {
        return new String(result.stdout(), UTF_8);
    }
}
