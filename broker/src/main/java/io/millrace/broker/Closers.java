package io.millrace.broker;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Parts to be closed in the reverse order of their opening. Confined to one thread. */
final class Closers {

    private static final Logger LOG = LoggerFactory.getLogger(Closers.class);

    private record Part(String name, AutoCloseable closeable) {}

    private final Deque<Part> parts = new ArrayDeque<>();

    <T extends AutoCloseable> T add(String name, T part) {
        parts.push(new Part(name, part));
        return part;
    }

    /** Closes all; a part that fails is logged and does not keep the others from it. */
    void closeAll() {
        while (!parts.isEmpty()) {
            Part part = parts.pop();
            try {
                part.closeable().close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                LOG.warn("interrupted while closing {}", part.name());
            } catch (Exception e) {
                LOG.warn("{} did not close in order", part.name(), e);
            }
        }
    }
}
