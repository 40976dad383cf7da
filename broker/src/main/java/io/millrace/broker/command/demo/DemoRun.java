package io.millrace.broker.command.demo;

import io.millrace.cli.CommandException;
import io.millrace.client.MillraceClient;
import io.millrace.client.admin.FoundOffset;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.client.subscribe.Position;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.client.subscribe.Subscriber;
import io.millrace.protocol.batch.Header;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** One demo from the first broker to the last count. Used once. */
final class DemoRun {

    private static final int PARTITIONS = 4;
    private static final Duration WATCHABLE = Duration.ofSeconds(8);
    private static final int BURST = 60;
    private static final Duration SETTLE_TIMEOUT = Duration.ofSeconds(60);
    private static final String NUMBER_HEADER = "demo-event";

    /** Parts of the input after which the broker is killed, in percent. */
    private static final List<Integer> KILLS_AT = List.of(35, 70);

    private final DemoInput input;
    private final ChildBroker broker;
    private final DemoScreen screen;
    private final DemoLedger ledger;
    private final LongSupplier nanoTime;
    private int kills;

    DemoRun(DemoInput input, ChildBroker broker, DemoScreen screen, LongSupplier nanoTime) {
        this.input = input;
        this.broker = broker;
        this.screen = screen;
        this.nanoTime = nanoTime;
        this.ledger = new DemoLedger(input.events().size());
    }

    DemoSummary run() throws IOException {
        screen.say("starting a broker ...");
        String address = broker.start();
        screen.say("broker " + broker.pid() + " serves at " + address);
        try (MillraceClient client =
                MillraceClient.builder().servers(address).clientName("demo").build()) {
            client.admin().createTopic(new NewTopic(input.name(), PARTITIONS));
            screen.say(
                    "topic %s with %d partitions; publishing %,d events keyed by %s"
                            .formatted(
                                    input.name(),
                                    PARTITIONS,
                                    input.events().size(),
                                    input.keyField()));
            long begin = nanoTime.getAsLong();
            try (Subscriber subscriber =
                            client.newSubscriber()
                                    .topic(input.name())
                                    .from(Position.earliest())
                                    .open();
                    Publisher publisher = client.openPublisher()) {
                CompletableFuture<Void> following = subscriber.forEachAsync(this::deliver);
                publish(publisher);
                publisher.flush();
                settle(client, following);
            }
            return ledger.summary((nanoTime.getAsLong() - begin) / 1e9);
        }
    }

    /** Publishes at an even pace, so that a person can follow, and kills the broker on the way. */
    private void publish(Publisher publisher) throws IOException {
        List<DemoEvent> events = input.events();
        long paceNanos = WATCHABLE.toNanos() / events.size();
        long next = nanoTime.getAsLong();
        for (int i = 0; i < events.size(); i++) {
            if (killIsDue(i)) {
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
        return kills < KILLS_AT.size()
                && sent >= (long) input.events().size() * KILLS_AT.get(kills) / 100;
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

    private void deliver(ReceivedRecord received) {
        int number = -1;
        for (Header header : received.headers()) {
            if (header.name().equals(NUMBER_HEADER)) {
                number = Integer.parseInt(header.text());
            }
        }
        if (number < 0 || number >= input.events().size()) {
            throw new IllegalStateException(
                    "a record came back that the demo never sent, at offset " + received.offset());
        }
        DemoEvent sent = input.events().get(number);
        boolean intact =
                Arrays.equals(sent.line(), received.value())
                        && sent.key().equals(received.keyText());
        ledger.delivered(number, received.keyText(), intact);
        screen.delivered(sent.json(), received.keyText(), ledger.deliveries());
    }

    /**
     * Waits until all that was acknowledged has come back, and all that is stored, lest something
     * doubled stand at the end unseen; or until the time is over.
     */
    private void settle(MillraceClient client, CompletableFuture<Void> following) {
        long stored =
                client.admin().findOffsets(input.name(), List.of(), Position.latest()).stream()
                        .mapToLong(FoundOffset::offset)
                        .sum();
        long deadline = nanoTime.getAsLong() + SETTLE_TIMEOUT.toNanos();
        while (!(ledger.complete() && ledger.deliveries() >= stored)
                && nanoTime.getAsLong() < deadline) {
            try {
                following.get(20, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                // Still following, as it should be: look again.
                continue;
            } catch (ExecutionException e) {
                throw new CommandException(
                        "the subscriber ended: " + e.getCause().getMessage(), e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandException("interrupted", e);
            }
        }
    }
}
