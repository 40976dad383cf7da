package io.millrace.broker.logging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;

class BrokerLoggingTest {

    private static final Logger log = LoggerFactory.getLogger("io.millrace.broker.Example");

    private final PrintStream realErr = System.err;
    private final PrintStream realOut = System.out;
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @BeforeEach
    void capture() {
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setErr(realErr);
        System.setOut(realOut);
        MDC.clear();
        BrokerLogging.configure(Level.WARN, BrokerLogging.Format.TEXT);
    }

    @Test
    void shouldWriteOneLineOfTextToStderr() {
        BrokerLogging.configure(Level.INFO, BrokerLogging.Format.TEXT);
        MDC.put("shard", "3");
        log.info("leads from term {} on", 7);
        log.debug("nobody sees this");

        assertThat(lines()).hasSize(1);
        assertThat(lines().get(0))
                .matches(
                        "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  \\[.*] Example shard=3: leads from term 7 on");
        assertThat(out.size()).isZero();
    }

    @Test
    void shouldWriteOneJsonObjectALine() throws Exception {
        BrokerLogging.configure(Level.INFO, BrokerLogging.Format.JSON);
        MDC.put("node", "1");
        log.warn("cannot \"open\"\n{}", "it", new IllegalStateException("first\nsecond"));

        assertThat(lines()).hasSize(1);
        JsonNode event = new ObjectMapper().readTree(lines().get(0));
        assertThat(event.get("level").asText()).isEqualTo("WARN");
        assertThat(event.get("logger").asText()).isEqualTo("io.millrace.broker.Example");
        assertThat(event.get("message").asText()).isEqualTo("cannot \"open\"\nit");
        assertThat(event.get("context").get("node").asText()).isEqualTo("1");
        assertThat(event.get("error").asText()).contains("IllegalStateException: first\nsecond");
        assertThat(event.get("time").asText()).endsWith("Z");
    }

    @Test
    void shouldNotLetAMessageBeginALineOfItsOwn() {
        BrokerLogging.configure(Level.INFO, BrokerLogging.Format.TEXT);
        String evil = "x\r\n2026-01-01T00:00:00.000Z ERROR [main] Broker: faked\u001b[2J\u2028y";
        MDC.put("client", evil);
        log.info("client {}", evil, new IllegalArgumentException(evil));

        assertThat(lines()).filteredOn(line -> line.startsWith("2026-01-01")).isEmpty();
        assertThat(lines().subList(1, lines().size())).allMatch(line -> line.startsWith("    "));
        assertThat(err.toString(StandardCharsets.UTF_8))
                .doesNotContain("\r", "\u001b", "\u2028")
                .contains("x\\r\\n2026", "\\u001b[2J\\u2028y");
    }

    @Test
    void shouldShowCausesWithTheirFrames() {
        BrokerLogging.configure(Level.INFO, BrokerLogging.Format.TEXT);
        log.error("stops", new IllegalStateException("outer", new IllegalStateException("inner")));

        assertThat(lines())
                .anyMatch(line -> line.equals("    java.lang.IllegalStateException: outer"))
                .anyMatch(
                        line -> line.equals("    caused by java.lang.IllegalStateException: inner"))
                .anyMatch(line -> line.startsWith("        at " + getClass().getName()));
    }

    @Test
    void shouldKeepLibrariesQuietAndStillHearThem() {
        BrokerLogging.configure(Level.INFO, BrokerLogging.Format.TEXT);
        for (String library : List.of("com.alipay.sofa.jraft.core.Read", "net.openhft.Queue")) {
            LoggerFactory.getLogger(library).info("talks to itself");
            LoggerFactory.getLogger(library).warn("has something to say");
        }

        assertThat(lines()).hasSize(2).allMatch(line -> line.endsWith("has something to say"));
    }

    @Test
    void shouldNotAlarmAnybodyWithElectionsUnlessAsked() {
        Logger node = LoggerFactory.getLogger("com.alipay.sofa.jraft.core.NodeImpl");
        Logger links = LoggerFactory.getLogger("com.alipay.sofa.jraft.core.ReplicatorGroupImpl");

        BrokerLogging.configure(Level.INFO, BrokerLogging.Format.TEXT);
        node.warn("RequestVote to 3 error");
        node.error("init failed");
        links.error("Fail to check replicator connection");
        assertThat(lines()).singleElement().asString().endsWith("init failed");

        BrokerLogging.configure(Level.DEBUG, BrokerLogging.Format.TEXT);
        node.warn("RequestVote to 3 error");
        links.error("Fail to check replicator connection");
        assertThat(lines()).hasSize(3);
    }

    @Test
    void shouldTakeInWhatLogsByTheJdk() {
        BrokerLogging.configure(Level.INFO, BrokerLogging.Format.JSON);
        java.util.logging.Logger.getLogger("io.grpc.internal.Example").warning("from the JDK");

        assertThat(lines()).singleElement().asString().startsWith("{").contains("from the JDK");
    }

    @Test
    void shouldChangeTheLevelWhileRunning() {
        BrokerLogging.configure(Level.WARN, BrokerLogging.Format.TEXT);
        log.info("quiet");
        BrokerLogging.configure(Level.DEBUG, BrokerLogging.Format.TEXT);
        log.debug("loud");

        assertThat(lines()).singleElement().asString().endsWith("loud");
    }

    private List<String> lines() {
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
