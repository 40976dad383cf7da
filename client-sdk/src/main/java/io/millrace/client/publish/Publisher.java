package io.millrace.client.publish;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Publishes records. Made by {@code MillraceClient.newPublisher()}; one is enough for a process,
 * for all topics and threads.
 *
 * <p><b>Order.</b> Records of one partition are stored in the order of the calls of {@link
 * #publish}, each once, whatever breaks on the way: batches carry a producer id and sequences, and
 * are sent again, in order, over broken connections, restarts of brokers and changes of leaders.
 *
 * <p><b>Outcome.</b> Every future ends: with the offset, or by the publisher's deadline (120 s by
 * default) with a {@link io.millrace.protocol.error.MillraceException} whose {@code outcome()} says
 * what is known. NOT_APPLIED: certainly not stored. UNKNOWN: it may be stored; sending it again as
 * a new record could store it twice. A refusal that concerns only one batch (too large, for
 * instance) fails that batch and lets the later ones pass.
 *
 * <p><b>After UNKNOWN.</b> When a batch reaches its deadline with an unknown outcome, the publisher
 * goes on with a new producer id: later records of that partition are stored after it if it was
 * stored, but it may also be stored after some of them, if the old connection delivers it late. The
 * exception's metadata entry {@code "order"} is {@code "uncertain"} then. Callers for whom order
 * matters more than going on close the publisher at the first UNKNOWN.
 *
 * <p>Thread-safe. Futures are completed on the publisher's own thread: what depends on them must
 * not block; use the {@code …Async} methods for long work.
 */
public interface Publisher extends AutoCloseable {
    /**
     * Puts a record into the open batch of its partition and returns. Blocks, up to the publisher's
     * {@code maxBlock}, only while the topic's partitions are not known yet or the publisher's
     * memory is full.
     *
     * @return where the record is stored, or a failure with its outcome; cancelling it has no
     *     effect on the record
     * @throws IllegalStateException if the publisher is closed
     */
    CompletableFuture<PublishedRecord> publish(OutgoingRecord record);

    /**
     * How many partitions a topic has. Blocks up to {@code maxBlock} when the topic is not known
     * yet.
     *
     * @throws io.millrace.protocol.error.MillraceException UNKNOWN_TOPIC if there is none
     */
    int partitionCount(String topic);

    /**
     * Sends all open batches now and blocks until each record published before has its answer, good
     * or bad, at most until the publisher's deadline. Returns early if the thread is interrupted,
     * with the interrupt flag set.
     */
    void flush();

    /** As {@link #close(Duration)} with the publisher's deadline. */
    @Override
    void close();

    /**
     * Takes no more records, sends what is there, and waits for the answers. What has none when the
     * time is over fails: NOT_APPLIED if it was never sent, else UNKNOWN. Blocks; idempotent.
     *
     * @param timeout 0 or more
     */
    void close(Duration timeout);
}
