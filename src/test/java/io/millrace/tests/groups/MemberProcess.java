package io.millrace.tests.groups;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.tests.processes.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A {@link GroupMember} in a process of its own, to be killed and paused. For one thread. */
final class MemberProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Many of them on few cores. */
    private static final List<String> SMALL = List.of("-Xmx64m", "-Xss512k");

    private final String name;
    private final Path log;
    private final Process process;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();

    private MemberProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /** Starts one, which connects and waits to be told to join; returns at once. */
    static MemberProcess launch(MemberTerms terms, Path logs) throws IOException {
        Files.createDirectories(logs);
        Path log = logs.resolve(terms.name() + ".log");
        List<String> command = new ArrayList<>();
        command.addAll(JavaCommand.of(GroupMember.class, SMALL, terms.arguments()));
        Process process =
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        MemberProcess member = new MemberProcess(terms.name(), log, process);
        Thread reader = new Thread(member::readOutput, "output-of-" + terms.name());
        reader.setDaemon(true);
        reader.start();
        return member;
    }

    String name() {
        return name;
    }

    /** Lets it join, as soon as it is connected. */
    void join() throws IOException, InterruptedException {
        awaitReady();
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    void awaitReady() throws IOException, InterruptedException {
        try {
            ready.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(name + " did not connect; its log:\n" + log(), e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Kills it with SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Freezes it with SIGSTOP. */
    void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** Lets it go on with SIGCONT. */
    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String what) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + what, "" + process.pid()).start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill -%s %d failed".formatted(what, process.pid()));
        }
    }

    /** Tells it to leave; returns at once. */
    void beginToLeave() throws IOException {
        process.getOutputStream().close();
    }

    /** Waits until it has left in order, which it must. */
    void awaitLeft() throws IOException, InterruptedException {
        if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IOException(name + " does not leave; its log:\n" + log());
        }
        if (process.exitValue() != 0) {
            throw new IOException(
                    "%s ended with %d; its log:%n%s".formatted(name, process.exitValue(), log()));
        }
    }

    /** What it has said on standard error. */
    String log() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private void readOutput() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.equals("ready")) {
                    ready.complete(null);
                }
            }
            ready.completeExceptionally(new IOException("it ended before it was ready"));
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }
}
