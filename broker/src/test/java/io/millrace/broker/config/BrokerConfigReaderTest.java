package io.millrace.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BrokerConfigReaderTest {

    @TempDir private Path temporary;

    @Test
    void shouldReadNestedAndDottedKeys() throws IOException {
        BrokerConfig config =
                read(
                        """
                        node-id: 4
                        listen:
                          client-port: 1
                          peer-port: 2
                        listen.http-port: 3
                        wal: {segment-bytes: 16MiB}
                        """);

        assertThat(config.nodeId()).isEqualTo(4);
        assertThat(config.listen().clientPort()).isEqualTo(1);
        assertThat(config.listen().peerPort()).isEqualTo(2);
        assertThat(config.listen().httpPort()).isEqualTo(3);
        assertThat(config.wal().segmentBytes()).isEqualTo(16 << 20);
    }

    @Test
    void shouldTakeAnEmptyFileAndNoFileForDefaults() throws IOException {
        assertThat(read("")).isEqualTo(BrokerConfig.defaults());
        assertThat(read("# nothing\n")).isEqualTo(BrokerConfig.defaults());
        assertThat(BrokerConfigReader.read(Optional.empty(), Map.of(), List.of()))
                .isEqualTo(BrokerConfig.defaults());
    }

    @Test
    void shouldLetTheCommandLineWinOverEnvironmentOverFile() throws IOException {
        Path file = file("listen: {client-port: 1, peer-port: 1, http-port: 1}\n");
        Map<String, String> environment =
                Map.of("MILLRACE_LISTEN_PEER_PORT", "2", "MILLRACE_LISTEN_HTTP_PORT", "2");

        BrokerConfig config =
                BrokerConfigReader.read(
                        Optional.of(file),
                        environment,
                        List.of("listen.http-port=9", "listen.http-port=3"));

        assertThat(config.listen().clientPort()).isEqualTo(1);
        assertThat(config.listen().peerPort()).isEqualTo(2);
        assertThat(config.listen().httpPort()).isEqualTo(3);
    }

    @Test
    void shouldNameUnknownKeyLineAndNearest() {
        refused("node-id: 1\nlisten:\n  clientport: 3\n", "line 3", "listen.client-port");
        refused("nodeid: 1\n", "line 1", "\"nodeid\"", "\"node-id\"");
    }

    @Test
    void shouldNameKeyLineAndLimitOfABadValue() {
        refused("\n\nnode-id: 0\n", "line 3", "node-id", "1 to 65535");
    }

    @Test
    void shouldNameLineAndColumnOfBrokenYaml() {
        refused("node-id: 1\nlisten: {host: a\n", "millrace.yaml, line", "column", "no YAML");
        refused("node-id: 1\n\tx: 2\n", "line 2", "no YAML");
    }

    @Test
    void shouldRefuseWhatIsNoSetting() {
        refused("- a\n- b\n", "name: value");
        refused("just text", "name: value");
        refused("node-id: [1, 2]\n", "node-id", "list");
        refused("node-id:\n", "node-id", "no value");
        refused("listen.host: localhost\nlisten:\n  host: localhost\n", "line 3", "twice");
        refused("node-id: 1\nnode-id: 2\n", "line 2", "twice");
        refused("node-id: 1\n---\nnode-id: 2\n", "more than one");
        refused("data-dir: &a x\nlisten.host: *a\n", "line 2", "aliases");
    }

    @Test
    void shouldRefuseFilesThatCannotBeRead() throws IOException {
        Path none = temporary.resolve("none.yaml");
        assertThatThrownBy(() -> read(none)).hasMessageContaining("no file " + none);
        assertThatThrownBy(() -> read(temporary)).isInstanceOf(ConfigException.class);
        Path latin = temporary.resolve("latin.yaml");
        Files.write(latin, "data-dir: é\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> read(latin)).hasMessageContaining("UTF-8");
    }

    @Test
    void shouldRefuseBadOverrides() {
        assertThatThrownBy(() -> override("node-id")).hasMessageContaining("key=value");
        assertThatThrownBy(() -> override("=1")).hasMessageContaining("key=value");
        assertThatThrownBy(() -> override("node-ids=1"))
                .hasMessageContaining("-c node-ids")
                .hasMessageContaining("\"node-id\"");
        assertThatThrownBy(() -> override("node-id=x")).hasMessageContaining("a whole number");
        assertThat(override("data-dir=a=b").dataDir()).isEqualTo(Path.of("a=b"));
    }

    @Test
    void shouldNoticeSlipsInTheEnvironmentAndLeaveOtherNamesAlone() {
        assertThatThrownBy(() -> environment("MILLRACE_NODEID", "1"))
                .hasMessageContaining("MILLRACE_NODE_ID");
        assertThatThrownBy(() -> environment("MILLRACE_NODE_ID", "0"))
                .hasMessageContaining("environment variable MILLRACE_NODE_ID");
        for (String name :
                List.of(
                        "MILLRACE_SERVER",
                        "MILLRACE_HEAP",
                        "MILLRACE_HOME",
                        "MILLRACE_JAVA_OPTS",
                        "PATH")) {
            assertThat(environment(name, "x")).isEqualTo(BrokerConfig.defaults());
        }
    }

    @Test
    void shouldCheckTheFileEvenWhereItIsOverridden() throws IOException {
        Path file = file("node-id: 0\n");

        assertThatThrownBy(
                        () ->
                                BrokerConfigReader.read(
                                        Optional.of(file), Map.of(), List.of("node-id=1")))
                .hasMessageContaining("line 1");
    }

    private BrokerConfig override(String assignment) {
        return BrokerConfigReader.read(Optional.empty(), Map.of(), List.of(assignment));
    }

    private BrokerConfig environment(String name, String value) {
        return BrokerConfigReader.read(Optional.empty(), Map.of(name, value), List.of());
    }

    private void refused(String yaml, String... told) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll(told);
    }

    private BrokerConfig read(String yaml) throws IOException {
        return read(file(yaml));
    }

    private BrokerConfig read(Path file) {
        return BrokerConfigReader.read(Optional.of(file), Map.of(), List.of());
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(temporary.resolve("millrace.yaml"), yaml);
    }
}
