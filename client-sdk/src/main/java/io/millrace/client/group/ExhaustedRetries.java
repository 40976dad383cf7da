package io.millrace.client.group;

import io.millrace.client.subscribe.ReceivedRecord;
import java.util.Objects;
import java.util.function.BiConsumer;

/** What to do with a record that could not be processed however often it was tried. */
public sealed interface ExhaustedRetries {
    /** The member leaves the group; the record is not committed and comes again. The default. */
    static ExhaustedRetries stop() {
        return new Stop();
    }

    /**
     * The record counts as done once the callback has returned, so it can be put elsewhere. If the
     * callback throws, the member stops.
     */
    static ExhaustedRetries skip(BiConsumer<ReceivedRecord, Exception> callback) {
        return new Skip(Objects.requireNonNull(callback, "callback"));
    }

    /** See {@link #stop()}. */
    record Stop() implements ExhaustedRetries {}

    /**
     * See {@link #skip}.
     *
     * @param callback is told of the record and the last failure, on the handler's thread
     */
    record Skip(BiConsumer<ReceivedRecord, Exception> callback) implements ExhaustedRetries {}
}
