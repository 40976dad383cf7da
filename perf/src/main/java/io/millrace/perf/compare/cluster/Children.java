package io.millrace.perf.compare.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** All processes that were started here, so that none outlives this one. Thread-safe. */
public final class Children implements AutoCloseable {
    private static final Duration GONE = Duration.ofSeconds(10);

    private final Set<Child> all = ConcurrentHashMap.newKeySet();
    private final Path register;
    private final LongSupplier nanoTime;
    private boolean closed;

    /**
     * None yet.
     *
     * @param register the file that tells a later run which processes to look for, should this one
     *     be killed
     * @param nanoTime monotonic time
     */
    public Children(Path register, LongSupplier nanoTime) {
        this.register = register;
        this.nanoTime = nanoTime;
    }

    /**
     * Starts a process; its stderr is put to its stdout.
     *
     * @param name what errors call it
     * @param environment what is added to the environment of this process, without what is meant
     *     for Millrace or Java
     * @param log the file that its output is added to
     */
    public synchronized Child start(
            String name, List<String> command, Map<String, String> environment, Path log)
            throws IOException {
        if (closed) {
            throw new IOException(name + " is not started: the run is ending");
        }
        Files.createDirectories(log.toAbsolutePath().getParent());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // What the caller has set for itself would change what is compared.
        builder.environment().keySet().removeIf(Children::isOurs);
        builder.environment().putAll(environment);
        Child child = new Child(name, builder.start(), log, nanoTime);
        all.removeIf(each -> !each.isAlive());
        all.add(child);
        Orphans.register(register, all.stream().map(Child::pid).toList());
        return child;
    }

    private static boolean isOurs(String name) {
        return name.startsWith("MILLRACE_")
                || name.equals("JAVA_TOOL_OPTIONS")
                || name.equals("JDK_JAVA_OPTIONS");
    }

    /** Kills all that still run, waits until they are gone, and lets no other start. */
    @Override
    public synchronized void close() throws IOException {
        closed = true;
        all.forEach(Child::killAtOnce);
        for (Child child : all) {
            child.awaitEnd(GONE);
        }
    }
}
