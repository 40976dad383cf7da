package io.millrace.tests.history;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.FoundOffset;
import io.millrace.client.subscribe.Position;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Reads everything at the end of a run, from each node, with clients that are new. */
public final class Drain {

    private Drain() {}

    /**
     * Reads each partition up to its linearizable end. All publishers must have stopped.
     *
     * @param addresses where clients reach each node
     */
    public static void read(Recording recording, Map<Integer, String> addresses)
            throws IOException, InterruptedException {
        List<FoundOffset> ends;
        try (MillraceClient client = MillraceClient.connect(String.join(",", addresses.values()))) {
            ends = client.admin().findOffsets(recording.topic(), List.of(), Position.latest());
        }
        for (Map.Entry<Integer, String> node : addresses.entrySet()) {
            try (HistoryWriter history = recording.client("drain")) {
                NodeReader reader =
                        new NodeReader(node.getKey(), node.getValue(), recording.topic(), history);
                for (FoundOffset end : ends) {
                    reader.read(end.partition(), end.offset());
                }
            }
        }
    }
}
