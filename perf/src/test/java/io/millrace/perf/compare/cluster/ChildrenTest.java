package io.millrace.perf.compare.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildrenTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir Path directory;
    private Path register;
    private Children children;

    @BeforeEach
    void open() {
        register = directory.resolve("processes");
        children = new Children(register, System::nanoTime);
    }

    @AfterEach
    void close() throws IOException {
        children.close();
    }

    @Test
    void shouldTalkWithAChild() throws IOException, InterruptedException {
        Child child = shell("echo first; echo READY; read word; echo got $word; exit 3");

        assertThat(child.awaitLine("READY"::equals, LONG)).isEqualTo("READY");
        child.say("GO");
        assertThat(child.awaitLine(line -> line.startsWith("got"), LONG)).isEqualTo("got GO");
        assertThat(child.awaitExit(LONG)).isEqualTo(3);
        assertThat(directory.resolve("child.log")).hasContent("first\nREADY\ngot GO\n");
    }

    @Test
    void shouldShowTheLogOfAChildThatEnds() {
        assertThatThrownBy(() -> shell("echo no disk; exit 1").awaitLine("READY"::equals, LONG))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a child ended with code 1")
                .hasMessageContaining("no disk");
    }

    @Test
    void shouldNotWaitForEver() throws IOException {
        Child child = shell("exec sleep 60");

        assertThatThrownBy(() -> child.awaitLine("READY"::equals, Duration.ofMillis(10)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("takes longer");
        assertThatThrownBy(() -> child.awaitExit(Duration.ofMillis(10)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("still runs");
    }

    @Test
    void shouldKillAChildThatDoesNotStop() throws IOException, InterruptedException {
        Child child = shell("trap '' TERM; echo READY; while true; do sleep 0.1; done");
        child.awaitLine("READY"::equals, LONG);

        child.terminate();
        child.awaitEnd(Duration.ofMillis(50));

        assertThat(child.isAlive()).isFalse();
    }

    @Test
    void shouldTellOfABrokerThatEndsWhileTheOthersRun() throws Exception {
        List<BrokerProcess> brokers = new ArrayList<>();
        for (int node = 1; node <= 3; node++) {
            List<String> command = List.of("sh", "-c", "echo READY; read line; echo bad luck");
            brokers.add(
                    new BrokerProcess(
                            node,
                            command,
                            Map.of(),
                            "READY"::equals,
                            directory.resolve("broker-" + node + ".log"),
                            children));
        }
        Trio trio = new Trio(directory.resolve("data"), brokers);
        trio.start();
        trio.run(Duration.ofMillis(1));

        brokers.get(2).kill();

        assertThatThrownBy(() -> trio.run(LONG))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broker 3 has ended")
                .hasMessageContaining("READY");
    }

    @Test
    void shouldLeaveNoChildAndStartNone() throws IOException {
        Child child = shell("exec sleep 60");

        children.close();

        assertThat(child.isAlive()).isFalse();
        assertThatThrownBy(() -> shell("true")).hasMessageContaining("the run is ending");
    }

    @Test
    void shouldKillWhatAnEarlierRunLeft() throws IOException, InterruptedException {
        Child left = shell("exec sleep 60");

        assertThat(Orphans.kill(register)).isEqualTo(1);

        await().until(() -> !left.isAlive());
        assertThat(register).doesNotExist();
        assertThat(Orphans.kill(register)).isZero();
    }

    @Test
    void shouldNotKillAnotherProcessWithTheNumberOfOne() throws IOException, InterruptedException {
        Child other = shell("exec sleep 60");
        Files.writeString(register, other.pid() + " 1\nno number\n\n");

        assertThat(Orphans.kill(register)).isZero();

        assertThat(other.isAlive()).isTrue();
    }

    @Test
    void shouldNotPassOnWhatIsMeantForThisProcess() throws IOException, InterruptedException {
        Child child =
                children.start(
                        "a child",
                        List.of("env"),
                        Map.of("MILLRACE_HEAP", "1g"),
                        directory.resolve("child.log"));

        child.awaitExit(LONG);

        assertThat(Files.readAllLines(directory.resolve("child.log")))
                .contains("MILLRACE_HEAP=1g")
                .filteredOn(line -> line.startsWith("MILLRACE_") || line.contains("JAVA_OPTIONS"))
                .hasSize(1);
    }

    @Test
    void shouldRemoveOnlyWhatIsInTheDirectory() throws IOException {
        Path kept = Files.writeString(directory.resolve("kept"), "x");
        Path data = Files.createDirectories(directory.resolve("data/node-1"));
        Files.writeString(data.resolve("file"), "x");
        Files.createSymbolicLink(data.resolve("link"), directory);

        DataDirectory.remove(directory.resolve("data"));
        DataDirectory.remove(directory.resolve("data"));

        assertThat(directory.resolve("data")).doesNotExist();
        assertThat(kept).exists();
    }

    private Child shell(String script) throws IOException {
        return children.start(
                "a child", List.of("sh", "-c", script), Map.of(), directory.resolve("child.log"));
    }
}
