package io.millrace.raft.jraft;

import io.millrace.raft.Proposal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The proposal of a line, and what became of it. */
final class Line implements Proposal {

    private final ByteBuffer data;
    private final CompletableFuture<String> result = new CompletableFuture<>();
    final AtomicInteger answers = new AtomicInteger();

    Line(String line) {
        this.data = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public ByteBuffer data() {
        return data;
    }

    /** Lines that begin with it free space. */
    static final String DELETE = "delete";

    @Override
    public boolean freesSpace() {
        return text().startsWith(DELETE);
    }

    String text() {
        return StandardCharsets.UTF_8.decode(data.duplicate()).toString();
    }

    void applied(long index) {
        answers.incrementAndGet();
        result.complete("applied");
    }

    @Override
    public void failed(Outcome outcome, String reason) {
        answers.incrementAndGet();
        result.complete(outcome + ": " + reason);
    }

    /** "applied", or the outcome and the reason. */
    String result() {
        try {
            return result.get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("no answer to a proposal", e);
        }
    }

    boolean isAnswered() {
        return result.isDone();
    }
}
