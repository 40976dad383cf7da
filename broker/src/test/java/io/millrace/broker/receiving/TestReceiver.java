package io.millrace.broker.receiving;

import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatch;
import io.millrace.v1.Credit;
import io.millrace.v1.DeliveredRecord;
import io.millrace.v1.DeliveryName;
import io.millrace.v1.ErrorReason;
import io.millrace.v1.Extend;
import io.millrace.v1.QueueDelivery;
import io.millrace.v1.QueuePartition;
import io.millrace.v1.ReceiveRequest;
import io.millrace.v1.ReceiveResponse;
import io.millrace.v1.ReceiveStart;
import io.millrace.v1.Settle;
import io.millrace.v1.SettleResult;
import io.millrace.v1.Settlement;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A member with its receive stream, and what it was told. */
final class TestReceiver implements ReceiveOutlet {

    final QueueBroker broker;
    final String memberId;
    final ReceiveSession session;
    final List<ReceiveResponse> sent = new ArrayList<>();
    boolean ready = true;
    boolean completed;
    int asked = 1;
    private int seen;
    private long correlation;

    /** A record that was delivered. */
    record Got(int handle, long offset, long deliveryId, int count, Record record) {

        String key() {
            return record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        }
    }

    TestReceiver(QueueBroker broker, String memberId) {
        this.broker = broker;
        this.memberId = memberId;
        this.session = new ReceiveSession(broker.context, this);
    }

    ReceiveStart.Builder startOf(String... partitions) {
        ReceiveStart.Builder start =
                ReceiveStart.newBuilder()
                        .setProtocolVersion(1)
                        .setGroup("work")
                        .setMemberId(memberId)
                        .setMemberEpoch(1);
        for (String partition : partitions) {
            String[] parts = partition.split("/");
            start.addPartitions(
                    QueuePartition.newBuilder()
                            .setHandle(start.getPartitionsCount())
                            .setTopic(parts[0])
                            .setPartition(Integer.parseInt(parts[1])));
        }
        return start;
    }

    /** Receives from t/0 with credit for so many records. */
    TestReceiver start(long records) {
        return start(startOf("t/0").setInitialCredit(creditOf(records, 1 << 20)));
    }

    TestReceiver start(ReceiveStart.Builder start) {
        return request(r -> r.setStart(start));
    }

    TestReceiver request(Consumer<ReceiveRequest.Builder> fill) {
        asked--;
        ReceiveRequest.Builder request = ReceiveRequest.newBuilder();
        fill.accept(request);
        session.onRequest(request.build());
        broker.run();
        return this;
    }

    static Credit creditOf(long records, long bytes) {
        return Credit.newBuilder().setRecords(records).setBytes(bytes).build();
    }

    TestReceiver credit(long records) {
        return request(r -> r.setCredit(creditOf(records, 1 << 20)));
    }

    long ack(Got got) {
        return settle(got, Settlement.Fate.FATE_ACK, 0);
    }

    long nack(Got got, int delayMs) {
        return settle(got, Settlement.Fate.FATE_NACK, delayMs);
    }

    long settle(Got got, Settlement.Fate fate, int delayMs) {
        return settle(
                List.of(
                        Settlement.newBuilder()
                                .setHandle(got.handle)
                                .setOffset(got.offset)
                                .setDeliveryId(got.deliveryId)
                                .setFate(fate)
                                .setDelayMs(delayMs)
                                .build()));
    }

    /** Says what became of deliveries; returns the number of the request. */
    long settle(List<Settlement> settlements) {
        request(
                r ->
                        r.setSettle(
                                Settle.newBuilder()
                                        .setCorrelationId(++correlation)
                                        .addAllSettlements(settlements)));
        return correlation;
    }

    long extend(Got got, int leaseMs) {
        request(
                r ->
                        r.setExtend(
                                Extend.newBuilder()
                                        .setCorrelationId(++correlation)
                                        .setLeaseMs(leaseMs)
                                        .addDeliveries(
                                                DeliveryName.newBuilder()
                                                        .setHandle(got.handle)
                                                        .setOffset(got.offset)
                                                        .setDeliveryId(got.deliveryId))));
        return correlation;
    }

    /** The answer to a Settle or Extend; null if there is none yet. */
    SettleResult answer(long number) {
        return sent.stream()
                .filter(ReceiveResponse::hasSettled)
                .map(ReceiveResponse::getSettled)
                .filter(settled -> settled.getCorrelationId() == number)
                .findFirst()
                .orElse(null);
    }

    ErrorReason refusal(long number) {
        return answer(number).getRefused(0).getError().getReason();
    }

    boolean isDone(long number) {
        return answer(number) != null && answer(number).getRefusedCount() == 0;
    }

    ErrorReason endReason() {
        return last().getEnd().getError().getReason();
    }

    ReceiveResponse last() {
        return sent.get(sent.size() - 1);
    }

    List<QueueDelivery> messages() {
        return sent.stream()
                .filter(ReceiveResponse::hasDelivery)
                .map(ReceiveResponse::getDelivery)
                .toList();
    }

    /** What was delivered since the last call. */
    List<Got> take() {
        List<Got> taken = new ArrayList<>();
        for (; seen < sent.size(); seen++) {
            if (sent.get(seen).hasDelivery()) {
                QueueDelivery delivery = sent.get(seen).getDelivery();
                List<Record> records =
                        RecordBatch.validated(delivery.getBatch().asReadOnlyByteBuffer()).records();
                for (DeliveredRecord one : delivery.getRecordsList()) {
                    taken.add(
                            new Got(
                                    delivery.getHandle(),
                                    one.getOffset(),
                                    one.getDeliveryId(),
                                    one.getDeliveryCount(),
                                    records.get(
                                            (int) (one.getOffset() - delivery.getBaseOffset()))));
                }
            }
        }
        return taken;
    }

    List<Long> offsets() {
        return take().stream().map(Got::offset).toList();
    }

    Got one() {
        List<Got> all = take();
        if (all.size() != 1) {
            throw new AssertionError("delivered were " + all);
        }
        return all.get(0);
    }

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public void send(ReceiveResponse response) {
        if (completed) {
            throw new AssertionError("sent after the end: " + response);
        }
        sent.add(response);
    }

    @Override
    public void requestNext() {
        asked++;
    }

    @Override
    public void complete() {
        completed = true;
    }
}
