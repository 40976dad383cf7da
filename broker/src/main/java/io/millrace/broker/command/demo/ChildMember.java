package io.millrace.broker.command.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.cli.CommandException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A member of the demo's group: {@code millrace subscribe --group} in a process of its own, whose
 * output is read here. Confined to one thread, but for {@link #killForGood}.
 */
final class ChildMember implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final JavaChild child;
    private final BiConsumer<String, JsonNode> taker;
    private final Consumer<RuntimeException> onFailure;
    private volatile boolean stopped;

    /**
     * @param directory where its log goes
     * @param taker is given the member's name and each record that it prints
     * @param onFailure hears, on a thread of the member's, that it ended by itself or printed what
     *     it was not to
     */
    ChildMember(
            String name,
            Path directory,
            BiConsumer<String, JsonNode> taker,
            Consumer<RuntimeException> onFailure) {
        this.name = name;
        this.child = new JavaChild(directory.resolve(name + ".log"));
        this.taker = taker;
        this.onFailure = onFailure;
    }

    /** Starts it; it joins as soon as it can. */
    void start(String address, String topic, String group) throws IOException {
        Process process =
                child.start(
                        List.of(
                                "subscribe",
                                topic,
                                "--group",
                                group,
                                "--instance",
                                name,
                                "--from",
                                "earliest",
                                "--output",
                                "json",
                                "--server",
                                address));
        Thread reader = new Thread(() -> read(process), "demo-" + name);
        reader.setDaemon(true);
        reader.start();
    }

    String name() {
        return name;
    }

    long pid() {
        return child.pid();
    }

    /** Kills it with SIGKILL and waits until it is gone. */
    void kill() {
        stopped = true;
        child.kill();
    }

    /** Kills it, and whatever is started after. Any thread may call it. */
    void killForGood() {
        stopped = true;
        child.killForGood();
    }

    private void read(Process process) {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                taker.accept(name, JSON.readTree(line));
            }
            fail("ended by itself", null);
        } catch (JsonProcessingException e) {
            // A kill may cut its last line; whoever takes over is given that record again.
            fail("printed what is no record", e);
        } catch (IOException e) {
            fail("cannot be heard", e);
        } catch (RuntimeException e) {
            onFailure.accept(e);
        }
    }

    private void fail(String what, Exception cause) {
        if (!stopped) {
            onFailure.accept(
                    new CommandException(name + " " + what + ":\n" + child.endOfLog(), cause));
        }
    }

    /** Stops it in order: it commits, and leaves. */
    @Override
    public void close() {
        stopped = true;
        child.stop();
    }
}
