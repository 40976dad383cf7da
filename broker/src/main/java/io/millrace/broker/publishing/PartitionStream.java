package io.millrace.broker.publishing;

import io.millrace.protocol.error.MillraceException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What one publish stream knows of one partition: the way into it, what is in flight, and whether
 * something failed. Confined to its session's lock.
 */
final class PartitionStream {

    private final String name;
    private final String topic;
    private final AppendTarget target;
    private final long term;
    private final Deque<Refused> held = new ArrayDeque<>();
    private long topicId;
    private int inFlight;
    private boolean failed;

    /** A refusal that waits until what was sent before has its answer. */
    record Refused(long correlationId, MillraceException reason) {}

    private PartitionStream(
            String name, String topic, long topicId, AppendTarget target, long term) {
        this.name = name;
        this.topic = topic;
        this.topicId = topicId;
        this.target = target;
        this.term = term;
    }

    /**
     * @param topicId the id that the publisher named; 0: none
     * @param term the term in which its batches are appended
     */
    static PartitionStream open(
            String name, String topic, long topicId, AppendTarget target, long term) {
        return new PartitionStream(name, topic, topicId, target, term);
    }

    /** One whose first batch was refused before its partition was found: it takes no other. */
    static PartitionStream refused(String name, String topic) {
        PartitionStream stream = new PartitionStream(name, topic, 0, null, 0);
        stream.failed = true;
        return stream;
    }

    /** Topic and number, for messages. */
    String name() {
        return name;
    }

    String topic() {
        return topic;
    }

    AppendTarget target() {
        return target;
    }

    long term() {
        return term;
    }

    /** The topic id that was checked last; 0: none. */
    long topicId() {
        return topicId;
    }

    void checkedTopicId(long id) {
        topicId = id;
    }

    boolean failed() {
        return failed;
    }

    void fail() {
        failed = true;
    }

    int inFlight() {
        return inFlight;
    }

    void proposed() {
        inFlight++;
    }

    void answered() {
        inFlight--;
    }

    /** Keeps a refusal back, so that it does not overtake the answers of what is in flight. */
    void hold(long correlationId, MillraceException reason) {
        held.add(new Refused(correlationId, reason));
    }

    int heldBack() {
        return held.size();
    }

    /** The next refusal whose turn it is; null if there is none. */
    Refused due() {
        return inFlight == 0 ? held.poll() : null;
    }
}
