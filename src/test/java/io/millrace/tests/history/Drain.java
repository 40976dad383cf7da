package io.millrace.tests.history;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.FoundOffset;
import io.millrace.client.subscribe.Position;
import java.io.IOException;
import java.nio.file.Path;
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
            try (HistoryWriter history = recording.client("drain");
                    NodeReader reader =
                            new NodeReader(
                                    node.getKey(), node.getValue(), recording.topic(), history)) {
                for (FoundOffset end : ends) {
                    reader.read(end.partition(), end.offset());
                }
            }
        }
    }

    /**
     * Reads the beginning of a partition from one node, with whatever consistency it can give, for
     * a look in the middle of a run.
     *
     * @param scratch a directory for files that nobody needs
     */
    public static void peek(Path scratch, String address, String topic, int partition, long end)
            throws IOException, InterruptedException {
        Recording look = Recording.begin(scratch.resolve("peek"), topic);
        try (HistoryWriter history = look.client("peek");
                NodeReader reader = new NodeReader(0, address, topic, history)) {
            reader.read(partition, end);
        }
    }
}
