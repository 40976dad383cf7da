package io.millrace.client.publish;

import io.millrace.client.cluster.Cluster;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The publisher's streams: one for each broker and producer id, and those that are being replaced.
 * Runs on the sender's thread.
 */
final class StreamPool {
    private record Key(String address, Producer producer) {}

    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long MAX_LEAVING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Cluster cluster;
    private final Sender sender;
    private final LongSupplier nanoTime;
    private final Map<Key, PublishStream> streams = new HashMap<>();
    private final List<PublishStream> retired = new ArrayList<>();
    private final Map<String, Long> leaving = new HashMap<>();
    private PublishStream.Listener listener;
    private Producer newest = new Producer();

    StreamPool(Cluster cluster, Sender sender, LongSupplier nanoTime) {
        this.cluster = cluster;
        this.sender = sender;
        this.nanoTime = nanoTime;
    }

    /** Who is told of what happens; set once, before anything else. */
    void setListener(PublishStream.Listener owner) {
        listener = owner;
    }

    /**
     * Gives a lane the stream to a leader, opened if there is none. The lane stays without a stream
     * while another stream is about to bring the producer id.
     */
    void bind(Lane lane, String address) {
        if (lane.producer() == null) {
            lane.setProducer(newest);
        }
        Producer producer = lane.producer();
        PublishStream stream = streams.get(new Key(address, producer));
        if (stream == null) {
            if (!producer.isBorn() && producer.isAsking()) {
                return;
            }
            String asked = producer.isBorn() ? address : whomToAsk(producer, address);
            stream = open(asked, producer);
            if (!asked.equals(address)) {
                return;
            }
        }
        lane.bind(stream);
    }

    private String whomToAsk(Producer producer, String leader) {
        long now = nanoTime.getAsLong();
        List<String> others = new ArrayList<>(cluster.addresses());
        others.removeIf(other -> isLeaving(other, now));
        return producer.whomToAsk(leader, others);
    }

    /** Takes a lane off its stream. */
    void unbind(Lane lane) {
        PublishStream stream = lane.stream();
        lane.unbind();
        if (stream != null && stream.lanes().isEmpty() && isReplaced(stream)) {
            close(stream);
        }
    }

    /**
     * Takes a lane off its stream though batches are in flight, and off its producer's sequence.
     */
    void forget(Lane lane) {
        if (lane.stream() != null) {
            lane.stream().forget(lane);
            unbind(lane);
        }
        // A lane may meet a producer only once: its sequence there is used up.
        if (lane.producer() == newest) {
            newest = new Producer();
        }
    }

    /** No new batches on this stream: the next lane that needs one opens another. */
    void retire(PublishStream stream) {
        if (streams.remove(key(stream), stream)) {
            stream.retire();
            retired.add(stream);
            if (stream.lanes().isEmpty()) {
                close(stream);
            }
        }
    }

    /** The stream has ended. */
    void ended(PublishStream stream) {
        streams.remove(key(stream), stream);
        retired.remove(stream);
        if (!stream.producer().isBorn()) {
            stream.producer().askedInVain(stream.address());
        }
    }

    /**
     * The broker is about to stop, and somebody else will lead what it leads: no new streams to it
     * for a while.
     */
    void leaving(String address, long graceNanos) {
        leaving.values().removeIf(until -> until - nanoTime.getAsLong() <= 0);
        leaving.put(address, nanoTime.getAsLong() + Math.min(graceNanos, MAX_LEAVING_NANOS));
    }

    /** Whether a broker has announced its end a moment ago. */
    boolean isLeaving(String address, long nowNanos) {
        Long until = leaving.get(address);
        return until != null && until - nowNanos > 0;
    }

    /** Ends all streams. */
    void cancelAll(MillraceException why) {
        List<PublishStream> all = new ArrayList<>(streams.values());
        all.addAll(retired);
        all.forEach(stream -> stream.cancel(why));
    }

    private PublishStream open(String address, Producer producer) {
        PublishStream stream = new PublishStream(address, producer, sender, listener);
        streams.put(key(stream), stream);
        producer.setAsking(!producer.isBorn());
        stream.open(
                cluster.freshChannel(address), cluster.options().clientName(), cluster.clusterId());
        long timeoutNanos = cluster.options().connectTimeout().toNanos();
        sender.alarm(
                nanoTime.getAsLong() + timeoutNanos,
                () -> {
                    if (!stream.isWelcomed()) {
                        stream.cancel(notWelcomed(address, timeoutNanos));
                    }
                });
        return stream;
    }

    /** Lets the broker close it, and does so itself if the broker does not. */
    private void close(PublishStream stream) {
        stream.halfClose();
        sender.alarm(
                nanoTime.getAsLong() + CLOSE_NANOS,
                () ->
                        stream.cancel(
                                MillraceException.of(
                                        ErrorCode.NOT_READY, "the stream was replaced")));
    }

    private boolean isReplaced(PublishStream stream) {
        return stream.isRetired() || stream.producer() != newest;
    }

    private static Key key(PublishStream stream) {
        return new Key(stream.address(), stream.producer());
    }

    private static MillraceException notWelcomed(String address, long timeoutNanos) {
        return MillraceException.of(
                        ErrorCode.NOT_READY,
                        "the broker at "
                                + address
                                + " has not answered within "
                                + TimeUnit.NANOSECONDS.toMillis(timeoutNanos)
                                + " ms")
                .with("broker", address);
    }
}
