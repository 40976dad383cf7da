package io.millrace.broker.receiving;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatch;
import io.millrace.v1.DeliveredRecord;
import io.millrace.v1.QueueDelivery;
import io.millrace.v1.QueuePartition;
import io.millrace.v1.ReceiveRequest;
import io.millrace.v1.ReceiveResponse;
import io.millrace.v1.ReceiveStart;
import io.millrace.v1.Settle;
import io.millrace.v1.Settlement;
import io.millrace.v1.Settlement.Fate;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many streams on many threads: each record is done, and no key is in two hands. */
final class ReceivingConcurrencyTest {

    private static final int RECORDS = 3_000;
    private static final int KEYS = 40;
    private static final int WORKERS = 4;
    private static final long TIMEOUT_S = 60;

    private final ExecutorService threads = Executors.newFixedThreadPool(3);
    private final Set<String> keysInHand = ConcurrentHashMap.newKeySet();
    private final Set<Long> acked = ConcurrentHashMap.newKeySet();
    private final List<String> faults = new ArrayList<>();
    private final long seed = Long.getLong("seed", new Random().nextInt(1_000_000));
    private QueueBroker broker;

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private synchronized void fault(String what) {
        faults.add(what);
    }

    /** A member with a stream, which it closes now and then to open another. */
    private final class Worker implements Runnable {

        private final String memberId;
        private final Random random;

        Worker(int number) {
            this.memberId = "m" + number;
            this.random = new Random(seed + number);
        }

        @Override
        public void run() {
            try {
                while (acked.size() < RECORDS && !Thread.currentThread().isInterrupted()) {
                    new Stream().use(20 + random.nextInt(100));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error e) {
                fault(memberId + ": " + e);
            }
        }

        private final class Stream implements ReceiveOutlet {

            private final Semaphore requests = new Semaphore(1);
            private final BlockingQueue<ReceiveResponse> inbox = new LinkedBlockingQueue<>();
            private final ReceiveSession session = new ReceiveSession(broker.context, this);
            private volatile boolean over;

            void use(int settles) throws InterruptedException {
                send(
                        ReceiveRequest.newBuilder()
                                .setStart(
                                        ReceiveStart.newBuilder()
                                                .setProtocolVersion(1)
                                                .setGroup("work")
                                                .setMemberId(memberId)
                                                .setMemberEpoch(1)
                                                .addPartitions(
                                                        QueuePartition.newBuilder().setTopic("t"))
                                                .setInitialCredit(
                                                        TestReceiver.creditOf(5, 1 << 20)))
                                .build());
                for (int i = 0; i < settles && acked.size() < RECORDS; ) {
                    ReceiveResponse response = inbox.poll(10, TimeUnit.MILLISECONDS);
                    if (response != null && response.hasDelivery()) {
                        settle(response.getDelivery());
                        i++;
                    } else if (response != null && response.hasEnd()) {
                        fault(memberId + " ended: " + response.getEnd());
                        return;
                    }
                }
                close();
            }

            private void settle(QueueDelivery delivery) throws InterruptedException {
                List<Record> records =
                        RecordBatch.validated(delivery.getBatch().asReadOnlyByteBuffer()).records();
                Settle.Builder settle = Settle.newBuilder().setCorrelationId(1);
                for (DeliveredRecord one : delivery.getRecordsList()) {
                    int index = (int) (one.getOffset() - delivery.getBaseOffset());
                    String key = new String(records.get(index).key(), StandardCharsets.UTF_8);
                    if (!keysInHand.add(key)) {
                        fault("key " + key + " is in two hands at " + one.getOffset());
                    }
                    Fate fate = Fate.forNumber(random.nextInt(10) < 7 ? 1 : 2 + random.nextInt(3));
                    if (fate == Fate.FATE_ACK || fate == Fate.FATE_REJECT) {
                        if (!acked.add(one.getOffset())) {
                            fault("record " + one.getOffset() + " came again");
                        }
                    }
                    keysInHand.remove(key);
                    settle.addSettlements(
                            Settlement.newBuilder()
                                    .setOffset(one.getOffset())
                                    .setDeliveryId(one.getDeliveryId())
                                    .setFate(fate));
                }
                send(ReceiveRequest.newBuilder().setSettle(settle).build());
                send(
                        ReceiveRequest.newBuilder()
                                .setCredit(
                                        TestReceiver.creditOf(
                                                delivery.getRecordsCount(),
                                                delivery.getBatch().size()))
                                .build());
            }

            /** In order; what was delivered and not taken goes back. */
            private void close() throws InterruptedException {
                requests.tryAcquire(TIMEOUT_S, TimeUnit.SECONDS);
                session.onHalfClosed();
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_S);
                while (!over) {
                    inbox.poll(1, TimeUnit.MILLISECONDS);
                    if (System.nanoTime() > end) {
                        fault(memberId + " is not told that its stream is over");
                        return;
                    }
                }
            }

            private void send(ReceiveRequest request) throws InterruptedException {
                if (!requests.tryAcquire(TIMEOUT_S, TimeUnit.SECONDS)) {
                    throw new AssertionError("no request is read any more");
                }
                session.onRequest(request);
            }

            @Override
            public boolean isReady() {
                return true;
            }

            @Override
            public void send(ReceiveResponse response) {
                inbox.add(response);
            }

            @Override
            public void requestNext() {
                requests.release();
            }

            @Override
            public void complete() {
                over = true;
            }
        }
    }

    @Test
    void shouldFinishEachRecordOnceAndKeepKeysInOneHand() throws Exception {
        broker =
                new QueueBroker(
                        Map.of("max.deliveries", "1000", "dead-letter.breaker.percent", "100"),
                        threads);
        ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
        for (int i = 0; i < WORKERS; i++) {
            workers.execute(new Worker(i));
        }
        Random random = new Random(seed);
        for (int n = 0; n < RECORDS; n += 10) {
            broker.append(
                    Compression.values()[random.nextInt(3)],
                    IntStream.range(0, 10)
                            .mapToObj(i -> QueueBroker.record("k" + random.nextInt(KEYS), "value"))
                            .toList());
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_S);
        workers.shutdown();
        while (!workers.awaitTermination(1, TimeUnit.MILLISECONDS) && System.nanoTime() < end) {
            broker.nowMs += 1;
            broker.queues.tick();
        }
        workers.shutdownNow();
        assertThat(faults).as("seed %d", seed).isEmpty();
        assertThat(acked).as("seed %d", seed).hasSize(RECORDS);
        while (broker.progress().watermark() < RECORDS && System.nanoTime() < end) {
            broker.nowMs += 1;
            broker.queues.tick();
        }
        assertThat(broker.progress().watermark()).as("seed %d", seed).isEqualTo(RECORDS);
        assertThat(broker.progress().deadLettered()).isEqualTo(broker.deadLetters.size());
    }
}
