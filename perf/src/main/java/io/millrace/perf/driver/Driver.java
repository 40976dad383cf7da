package io.millrace.perf.driver;

import java.util.Map;

/**
 * A client of the system under load. A driver adds nothing of its own to what the client does: no
 * threads, no queues, no copies. Thread-safe. Calls block, with a deadline, and throw what the
 * client throws.
 */
public interface Driver extends AutoCloseable {
    /** The client library and its version. */
    String client();

    /**
     * What the client was told and what of its own settings matters, by name; publishers' with
     * {@code publisher.} before, subscribers' with {@code subscriber.}, topics' with {@code
     * topic.}. Complete when all have been opened.
     */
    Map<String, String> settings();

    /**
     * Creates a topic and waits until each partition has a leader and all its replicas. One that is
     * there is left as it is; {@link #assurance} tells whether it serves.
     */
    void createTopic(TopicSpec topic);

    /** Deletes a topic; does not wait until its files are gone. */
    void deleteTopic(String topic);

    /** The offset after the last acknowledged record of each partition. */
    long[] ends(String topic);

    /** A publisher of one topic. */
    DriverPublisher publisher(PublisherSpec publisher);

    /** A subscriber to some partitions of a topic. */
    DriverSubscriber subscriber(SubscriberSpec subscriber);

    /**
     * Finds out what acknowledgements of a topic stand for, from the settings in force in the
     * cluster, or from the acknowledgements themselves.
     *
     * @throws IllegalStateException if they stand for neither class, saying why
     */
    Assurance assurance(String topic);

    /** Who leads, and how to change it. */
    Leadership leadership();

    /** Ends the connections; publishers and subscribers are closed before. */
    @Override
    void close();
}
