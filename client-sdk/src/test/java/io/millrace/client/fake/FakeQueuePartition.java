package io.millrace.client.fake;

import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatch;
import io.millrace.v1.DeliveredRecord;
import io.millrace.v1.Settlement;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** One partition's queue. Guarded by the cluster's monitor. */
final class FakeQueuePartition {
    private record Lease(long deliveryId, String memberId, long endNanos) {}

    private final FakePartition log;
    private final FakeQueue queue;
    private final Set<Long> done = new TreeSet<>();
    private final Map<Long, Integer> deliveries = new HashMap<>();
    private final Map<Long, Long> dueNanos = new HashMap<>();
    private final Map<Long, Lease> leases = new TreeMap<>();
    private final Map<Long, String> deadLetters = new TreeMap<>();

    FakeQueuePartition(FakePartition log, FakeQueue queue) {
        this.log = log;
        this.queue = queue;
    }

    List<Long> done() {
        return List.copyOf(done);
    }

    Map<Long, String> deadLetters() {
        return deadLetters;
    }

    int leased() {
        return leases.size();
    }

    FakePartition log() {
        return log;
    }

    /** The next record for a member, leased to it; null: none. */
    DeliveredRecord next(String memberId, int leaseMs) {
        Set<String> blocked = new HashSet<>();
        for (long offset = log.start(); offset < log.end(); offset++) {
            if (done.contains(offset)) {
                continue;
            }
            String key = key(offset);
            boolean free =
                    !leases.containsKey(offset)
                            && dueNanos.getOrDefault(offset, 0L) <= System.nanoTime()
                            && !(key != null && blocked.contains(key));
            if (free) {
                Lease lease =
                        new Lease(
                                queue.nextDelivery(),
                                memberId,
                                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(leaseMs));
                leases.put(offset, lease);
                return DeliveredRecord.newBuilder()
                        .setOffset(offset)
                        .setDeliveryId(lease.deliveryId())
                        .setDeliveryCount(deliveries.merge(offset, 1, Integer::sum))
                        .build();
            }
            blocked.add(key);
        }
        return null;
    }

    /** Whether the delivery was still under way. */
    boolean settle(String memberId, Settlement settlement) {
        long offset = settlement.getOffset();
        if (!isLeased(memberId, offset, settlement.getDeliveryId())) {
            return false;
        }
        leases.remove(offset);
        switch (settlement.getFate()) {
            case FATE_ACK -> done.add(offset);
            case FATE_NACK -> {
                inVain(offset, settlement.getReason());
                dueNanos.put(
                        offset,
                        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settlement.getDelayMs()));
            }
            case FATE_REJECT -> giveUp(offset, settlement.getReason());
            case FATE_RETURN -> deliveries.merge(offset, -1, Integer::sum);
            default -> throw new IllegalStateException();
        }
        return true;
    }

    boolean extend(String memberId, long offset, long deliveryId, int leaseMs) {
        if (!isLeased(memberId, offset, deliveryId)) {
            return false;
        }
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(leaseMs);
        leases.put(offset, new Lease(deliveryId, memberId, end));
        return true;
    }

    void expire(long offset) {
        if (leases.remove(offset) != null) {
            inVain(offset, "its lease ran out");
        }
    }

    /** A member says that it has nothing more to say. */
    void leave(String memberId) {
        for (Map.Entry<Long, Lease> entry : List.copyOf(leases.entrySet())) {
            if (entry.getValue().memberId().equals(memberId)) {
                expire(entry.getKey());
            }
        }
    }

    void tick() {
        for (Map.Entry<Long, Lease> entry : List.copyOf(leases.entrySet())) {
            if (entry.getValue().endNanos() - System.nanoTime() <= 0) {
                expire(entry.getKey());
            }
        }
    }

    void forgetLeases() {
        leases.clear();
    }

    private void inVain(long offset, String reason) {
        if (deliveries.get(offset) >= queue.maxDeliveries()) {
            giveUp(offset, reason);
        }
    }

    private void giveUp(long offset, String reason) {
        done.add(offset);
        deadLetters.put(offset, reason);
    }

    private boolean isLeased(String memberId, long offset, long deliveryId) {
        Lease lease = leases.get(offset);
        return lease != null
                && lease.deliveryId() == deliveryId
                && lease.memberId().equals(memberId);
    }

    private String key(long offset) {
        FakePartition.Stored stored = log.at(offset);
        Record record =
                RecordBatch.validated(ByteBuffer.wrap(stored.batch()))
                        .records()
                        .get((int) (offset - stored.baseOffset()));
        return record.key() == null ? null : new String(record.key());
    }
}
