package io.millrace.broker.command.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.client.MillraceClient;
import io.millrace.client.admin.FoundOffset;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.client.subscribe.Position;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** One demo from the first broker to the last count. Used once. */
final class DemoRun implements AutoCloseable {

    private static final int PARTITIONS = 4;
    private static final Duration WATCHABLE = Duration.ofSeconds(8);
    private static final int BURST = 60;
    private static final Duration SETTLE_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration HAND_OVER_TIMEOUT = Duration.ofSeconds(30);
    private static final long LOOK_MS = 20;
    private static final String NUMBER_HEADER = "demo-event";

    /** Parts of the input after which the broker is killed, in percent. */
    private static final List<Integer> KILLS_AT = List.of(25, 80);

    /** The part of the input after which a member is killed, in percent. */
    private static final int DEATH_AT = 50;

    private final DemoInput input;
    private final ChildBroker broker;
    private final DemoGroup group;
    private final DemoScreen screen;
    private final DemoLedger ledger;
    private final LongSupplier nanoTime;
    private boolean died;
    private int kills;

    /**
     * @param directory where data and logs go
     */
    DemoRun(DemoInput input, Path directory, DemoScreen screen, LongSupplier nanoTime) {
        this.input = input;
        this.broker = new ChildBroker(directory);
        this.group = new DemoGroup(directory, this::deliver, nanoTime);
        this.screen = screen;
        this.nanoTime = nanoTime;
        this.ledger = new DemoLedger(input.events().size(), nanoTime);
    }

    DemoSummary run() throws IOException {
        screen.say("starting a broker ...");
        String address = broker.start();
        screen.say("broker " + broker.pid() + " serves at " + address);
        try (MillraceClient client =
                MillraceClient.builder().servers(address).clientName("demo").build()) {
            client.admin().createTopic(new NewTopic(input.name(), PARTITIONS));
            screen.say(
                    "topic %s with %d partitions; starting a group of two members ..."
                            .formatted(input.name(), PARTITIONS));
            group.start(client, address, input.name(), PARTITIONS)
                    .forEach(
                            (member, partitions) ->
                                    screen.say(
                                            "%s has partitions %s".formatted(member, partitions)));
            screen.say(
                    "publishing %,d events keyed by %s"
                            .formatted(input.events().size(), input.keyField()));
            long begin = nanoTime.getAsLong();
            try (Publisher publisher = client.openPublisher()) {
                publish(client, publisher);
                publisher.flush();
                settle(client);
            }
            return ledger.summary((nanoTime.getAsLong() - begin) / 1e9);
        }
    }

    /** Kills all that was started. Any thread may call it. */
    void killForGood() {
        group.killForGood();
        broker.killForGood();
    }

    @Override
    public void close() {
        group.close();
        broker.close();
    }

    /** Publishes at an even pace, so that a person can follow, and kills on the way. */
    private void publish(MillraceClient client, Publisher publisher) throws IOException {
        List<DemoEvent> events = input.events();
        long paceNanos = WATCHABLE.toNanos() / events.size();
        long next = nanoTime.getAsLong();
        for (int i = 0; i < events.size(); i++) {
            if (!died && isReached(DEATH_AT, i)) {
                killMember(client);
                next = nanoTime.getAsLong();
            }
            if (killIsDue(i)) {
                awaitHandOver();
                // A burst without a pause, so that sends are in flight when the broker dies.
                int end = Math.min(events.size() - 1, i + BURST);
                for (; i < end; i++) {
                    send(publisher, events.get(i));
                }
                killAndRestart();
                next = nanoTime.getAsLong();
            }
            next += paceNanos;
            pause(next);
            send(publisher, events.get(i));
        }
    }

    private boolean killIsDue(int sent) {
        return kills < KILLS_AT.size() && isReached(KILLS_AT.get(kills), sent);
    }

    private boolean isReached(int percent, int sent) {
        return sent >= (long) input.events().size() * percent / 100;
    }

    private void killMember(MillraceClient client) {
        died = true;
        ChildMember victim = group.victim();
        // Not as at the start: while the broker was away, partitions may have changed hands.
        Set<Integer> orphans = DemoGroup.held(client).getOrDefault(victim.name(), Set.of());
        victim.kill();
        ledger.died(victim.name(), orphans, PARTITIONS - orphans.size());
        screen.say(
                ">>> killed %s (process %d) with SIGKILL; its lease runs for %d s"
                        .formatted(victim.name(), victim.pid(), DemoGroup.LEASE.toSeconds()));
    }

    /** One trouble at a time: else a hand-over could not be told from a broker's return. */
    private void awaitHandOver() {
        if (!died) {
            return;
        }
        long deadline = nanoTime.getAsLong() + HAND_OVER_TIMEOUT.toNanos();
        while (!ledger.isTakenOver() && !ledger.complete() && nanoTime.getAsLong() < deadline) {
            group.watch(LOOK_MS);
        }
        screen.say(
                ">>> the other member goes on with its partitions, %.1f s after the kill"
                        .formatted(ledger.handOverSeconds()));
    }

    private void pause(long untilNanos) {
        for (long left = untilNanos - nanoTime.getAsLong();
                left > 0 && !Thread.currentThread().isInterrupted();
                left = untilNanos - nanoTime.getAsLong()) {
            LockSupport.parkNanos(left);
        }
    }

    private void send(Publisher publisher, DemoEvent event) {
        ledger.sent();
        OutgoingRecord record =
                OutgoingRecord.to(input.name())
                        .key(event.key())
                        .value(event.line())
                        .header(NUMBER_HEADER, Integer.toString(event.number()))
                        .build();
        publisher
                .publish(record)
                .whenComplete(
                        (stored, failure) -> ledger.answered(event.number(), failure == null));
    }

    private void killAndRestart() throws IOException {
        broker.kill();
        kills++;
        int inFlight = ledger.killed();
        screen.say(">>> killed the broker with SIGKILL, %d sends in flight".formatted(inFlight));
        long begin = nanoTime.getAsLong();
        broker.start();
        screen.say(
                ">>> it is back after %.1f s as process %d"
                        .formatted((nanoTime.getAsLong() - begin) / 1e9, broker.pid()));
    }

    private void deliver(String member, JsonNode record) {
        int number = -1;
        for (JsonNode header : record.path("headers")) {
            if (header.path("name").asText().equals(NUMBER_HEADER)) {
                number = Integer.parseInt(header.path("value").asText());
            }
        }
        long offset = record.path("offset").asLong();
        if (number < 0 || number >= input.events().size()) {
            throw new IllegalStateException(
                    "a record came back that the demo never sent, at offset " + offset);
        }
        DemoEvent sent = input.events().get(number);
        String key = record.path("key").asText();
        byte[] value = record.path("value").asText().getBytes(StandardCharsets.UTF_8);
        ledger.delivered(
                new DemoLedger.Delivery(
                        member,
                        record.path("partition").asInt(),
                        offset,
                        number,
                        key,
                        Arrays.equals(sent.line(), value) && sent.key().equals(key)));
        screen.delivered(sent.json(), key, ledger.deliveries());
    }

    /**
     * Waits until all that was acknowledged has come back, and all that is stored, lest something
     * doubled stand at the end unseen; or until the time is over.
     */
    private void settle(MillraceClient client) {
        long stored =
                client.admin().findOffsets(input.name(), List.of(), Position.latest()).stream()
                        .mapToLong(FoundOffset::offset)
                        .sum();
        long deadline = nanoTime.getAsLong() + SETTLE_TIMEOUT.toNanos();
        while (!(ledger.complete() && ledger.recordsSeen() >= stored)
                && nanoTime.getAsLong() < deadline) {
            group.watch(LOOK_MS);
        }
    }
}
