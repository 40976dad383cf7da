package io.millrace.perf.compare.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * A process that was started here. What it prints goes to its log, and from there to who waits for
 * a line. For one thread at a time, but for {@link #isAlive} and the ways to end it.
 */
public final class Child {
    private static final Duration KILLED = Duration.ofSeconds(30);
    private static final int TAIL_LINES = 30;

    /** More than anyone waits for; what comes beyond is in the log only. */
    private static final int WAITING_LINES = 10_000;

    private final String name;
    private final Process process;
    private final Path log;
    private final LongSupplier nanoTime;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>(WAITING_LINES);
    private final Thread reader;

    Child(String name, Process process, Path log, LongSupplier nanoTime) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.nanoTime = nanoTime;
        this.reader = new Thread(this::copyOutput, "millrace-compare-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Done once it has ended. */
    CompletableFuture<?> end() {
        return process.onExit();
    }

    /**
     * Waits for a line of its output; lines before it are passed over.
     *
     * @return the line
     * @throws IOException if it ends before, or takes longer; with the end of its log
     */
    public String awaitLine(Predicate<String> wanted, Duration patience)
            throws IOException, InterruptedException {
        long deadline = nanoTime.getAsLong() + patience.toNanos();
        while (true) {
            String line = lines.poll(100, TimeUnit.MILLISECONDS);
            if (line != null && wanted.test(line)) {
                return line;
            }
            if (line == null && !process.isAlive() && !reader.isAlive() && lines.isEmpty()) {
                throw new IOException(
                        "%s ended with code %d before it was where it should get; %s"
                                .formatted(name, process.exitValue(), tail()));
            }
            if (deadline - nanoTime.getAsLong() < 0) {
                throw new IOException(
                        "%s takes longer than %d s; %s"
                                .formatted(name, patience.toSeconds(), tail()));
            }
        }
    }

    /** Sends it a line. */
    public void say(String line) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write((line + "\n").getBytes(UTF_8));
        in.flush();
    }

    /**
     * Waits for it to end by itself.
     *
     * @return its exit code
     * @throws IOException if it takes longer; with the end of its log
     */
    public int awaitExit(Duration patience) throws IOException, InterruptedException {
        if (!process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new IOException(
                    "%s still runs after %d s; %s".formatted(name, patience.toSeconds(), tail()));
        }
        reader.join();
        return process.exitValue();
    }

    /** Asks it to stop by SIGTERM; does not wait. */
    public void terminate() {
        // Not Process.destroy: that closes the pipe that its last words come through.
        process.toHandle().destroy();
    }

    /** Kills it with SIGKILL, and waits until it is gone. */
    public void kill() throws IOException, InterruptedException {
        killAtOnce();
        if (!process.waitFor(KILLED.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new IOException("%s (process %d) cannot be killed".formatted(name, pid()));
        }
    }

    /**
     * Waits until it has stopped, and kills it when that takes too long or the thread is
     * interrupted: it is gone when this returns. The thread stays interrupted.
     */
    public void awaitEnd(Duration patience) throws IOException {
        boolean interrupted = false;
        try {
            if (process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        try {
            kill();
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    void killAtOnce() {
        process.toHandle().destroyForcibly();
    }

    /** Where its output is, and how it ends. */
    public String tail() {
        Deque<String> last = new ArrayDeque<>();
        try (BufferedReader in = Files.newBufferedReader(log)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                last.add(line);
                if (last.size() > TAIL_LINES) {
                    last.remove();
                }
            }
        } catch (IOException e) {
            return "its log %s cannot be read: %s".formatted(log, e.getMessage());
        }
        return "its log %s ends with:%n%s".formatted(log, String.join("\n", last));
    }

    /** Reads to the end, so that the process never blocks on a full pipe. */
    private void copyOutput() {
        try (BufferedReader in =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
                BufferedWriter out =
                        Files.newBufferedWriter(
                                log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.write(line);
                out.newLine();
                out.flush();
                // What nobody has waited for long enough is not waited for at all.
                if (!lines.offer(line)) {
                    lines.poll();
                    lines.offer(line);
                }
            }
        } catch (IOException e) {
            if (process.isAlive()) {
                killAtOnce();
                throw new UncheckedIOException(name + " cannot be logged to " + log, e);
            }
        }
    }
}
