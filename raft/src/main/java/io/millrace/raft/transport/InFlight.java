package io.millrace.raft.transport;

import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Requests on a lane that wait for their answers. Thread-safe. */
final class InFlight {

    /** Gets the answer, once; called on a network thread, must not block. */
    interface Callback {

        void answered(Message answer);

        void failed(Failure failure, String reason);
    }

    /** Why there is no answer. */
    enum Failure {
        /** The connection broke, or there is none. */
        DISCONNECTED,
        TIMED_OUT
    }

    private record Waiting(Callback callback, long deadline) {}

    private final Map<Long, Waiting> waiting = new ConcurrentHashMap<>();

    void add(long id, Callback callback, long deadline) {
        waiting.put(id, new Waiting(callback, deadline));
    }

    /** The one who waits for this answer, and does not from now on; null if nobody does. */
    Callback remove(long id) {
        Waiting removed = waiting.remove(id);
        return removed == null ? null : removed.callback();
    }

    /**
     * Fails those whose time is over.
     *
     * @return how many
     */
    int expire(long now) {
        int expired = 0;
        for (Map.Entry<Long, Waiting> entry : waiting.entrySet()) {
            if (now - entry.getValue().deadline() >= 0) {
                Callback callback = remove(entry.getKey());
                if (callback != null) {
                    expired++;
                    callback.failed(Failure.TIMED_OUT, "no answer in time");
                }
            }
        }
        return expired;
    }

    void failAll(String reason) {
        List<Long> ids = new ArrayList<>(waiting.keySet());
        // In the order in which they were sent.
        ids.sort(null);
        for (Long id : ids) {
            Callback callback = remove(id);
            if (callback != null) {
                callback.failed(Failure.DISCONNECTED, reason);
            }
        }
    }

    int size() {
        return waiting.size();
    }
}
