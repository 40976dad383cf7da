package io.millrace.broker.queue;

/**
 * A record goes to a member.
 *
 * @param memberId to whom
 * @param offset the record
 * @param deliveryId names the delivery
 * @param deliveries how often it has been delivered, this one included
 */
public record RecordDelivery(String memberId, long offset, long deliveryId, int deliveries) {}
