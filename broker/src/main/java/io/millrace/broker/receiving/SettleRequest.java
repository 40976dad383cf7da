package io.millrace.broker.receiving;

import io.millrace.broker.queue.DeliveryFate;
import io.millrace.broker.queue.QueueSettings;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.DeliveryName;
import io.millrace.v1.Settle;
import io.millrace.v1.Settlement;

/** Checks what members say of deliveries. */
final class SettleRequest {

    static final int MAX_DELIVERIES = 10_000;
    static final int MAX_REASON = 1_000;

    private SettleRequest() {}

    /**
     * @throws MillraceException naming the field and the rule that it breaks
     */
    static void check(Settle settle) {
        checkCount("settlements", settle.getSettlementsCount());
        for (Settlement one : settle.getSettlementsList()) {
            boolean isNack = one.getFate() == Settlement.Fate.FATE_NACK;
            boolean mayHaveReason = isNack || one.getFate() == Settlement.Fate.FATE_REJECT;
            ReceptionStart.requireBetween(
                    "settlements.delay_ms",
                    Integer.toUnsignedLong(one.getDelayMs()),
                    0,
                    isNack ? QueueSettings.MAX_DELAY_MS : 0);
            if (one.getReason().length() > (mayHaveReason ? MAX_REASON : 0)) {
                throw ReceptionStart.invalid(
                        "settlements.reason",
                        mayHaveReason
                                ? "a reason of %d characters; at most %d are allowed"
                                        .formatted(one.getReason().length(), MAX_REASON)
                                : "only a nack and a reject have a reason");
            }
            fate(one);
        }
    }

    static void checkCount(String field, int count) {
        ReceptionStart.requireBetween("the number of " + field, count, 1, MAX_DELIVERIES);
    }

    static DeliveryFate fate(Settlement settlement) {
        return switch (settlement.getFate()) {
            case FATE_ACK -> new DeliveryFate.Ack();
            case FATE_NACK ->
                    new DeliveryFate.Nack(settlement.getDelayMs(), settlement.getReason());
            case FATE_REJECT -> new DeliveryFate.Reject(settlement.getReason());
            case FATE_RETURN -> new DeliveryFate.Return();
            case FATE_UNSPECIFIED, UNRECOGNIZED ->
                    throw ReceptionStart.invalid(
                            "settlements.fate",
                            "%d is no fate; say ack, nack, reject or return"
                                    .formatted(settlement.getFateValue()));
        };
    }

    static DeliveryName name(Settlement settlement) {
        return DeliveryName.newBuilder()
                .setHandle(settlement.getHandle())
                .setOffset(settlement.getOffset())
                .setDeliveryId(settlement.getDeliveryId())
                .build();
    }
}
