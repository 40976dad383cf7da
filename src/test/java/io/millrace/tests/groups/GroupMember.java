package io.millrace.tests.groups;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.client.MillraceClient;
import io.millrace.tests.history.GroupHistoryWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A member of a group, to be run in a process of its own. Says {@code ready} when it is connected;
 * joins when it is sent a line, and leaves in order when its standard input ends. What it sees it
 * writes down, so that kill -9 loses nothing of it.
 */
final class GroupMember {

    /** A member that has joined. */
    interface Work extends AutoCloseable {

        /** Takes what has come, waiting for a moment. */
        void step();

        /** Leaves in order. */
        @Override
        void close();
    }

    private GroupMember() {}

    public static void main(String[] arguments) throws IOException {
        MemberTerms terms = MemberTerms.of(arguments);
        AtomicBoolean stopped = new AtomicBoolean();
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        try (MillraceClient client = MillraceClient.connect(terms.servers())) {
            client.admin().describeTopic(terms.topic());
            System.out.println("ready");
            if (input.readLine() == null) {
                return;
            }
            watch(input, stopped);
            try (GroupHistoryWriter history =
                            GroupHistoryWriter.create(terms.directory(), terms.name());
                    Work work =
                            terms.queue()
                                    ? new QueueWork(client, terms, history)
                                    : new StreamWork(client, terms, history)) {
                while (!stopped.get()) {
                    work.step();
                }
            }
        }
        System.out.println("left");
    }

    private static void watch(BufferedReader input, AtomicBoolean stopped) {
        Thread watcher =
                new Thread(
                        () -> {
                            try {
                                while (input.readLine() != null) {
                                    // Whatever it is told: only the end counts.
                                }
                            } catch (IOException e) {
                                System.err.println("standard input broke: " + e.getMessage());
                            }
                            stopped.set(true);
                        },
                        "standard-input");
        watcher.setDaemon(true);
        watcher.start();
    }
}
