package io.millrace.broker.subscription;

import io.millrace.broker.cluster.Handshake;
import io.millrace.broker.filter.FilterSyntaxException;
import io.millrace.broker.filter.RecordFilter;
import io.millrace.broker.reading.ReadTerms;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.Credit;
import io.millrace.v1.PartitionStart;
import io.millrace.v1.Position;
import io.millrace.v1.SubscribeStart;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A SubscribeStart that has passed all checks which need no look at the topics.
 *
 * @param parts what to follow
 * @param terms what the reads are to have seen
 * @param initialCredit the credit to begin with
 * @param filter which records are wanted; null: all
 */
record SubscriptionStart(
        List<Part> parts, ReadTerms terms, Credit initialCredit, RecordFilter filter) {

    private static final long MAX_CREDIT = Integer.MAX_VALUE;

    /** One partition to follow. */
    record Part(
            int handle,
            String topic,
            long topicId,
            int partition,
            Position position,
            long atLeastOffset) {

        String name() {
            return topic + "/" + partition;
        }
    }

    /**
     * @throws MillraceException naming the field and the rule that it breaks
     */
    static SubscriptionStart checked(SubscribeStart start, Handshake handshake, int maxPartitions) {
        handshake.check(start.getProtocolVersion(), start.getClusterId(), start.getClientName());
        int count = start.getPartitionsCount();
        if (count < 1 || count > maxPartitions) {
            throw invalid(
                    "partitions",
                    "a subscription follows 1 to %d partitions, not %d; open several"
                            .formatted(maxPartitions, count));
        }
        checkCredit(start.getInitialCredit());
        ReadTerms terms =
                ReadTerms.checked(
                        start.getConsistency(),
                        start.getMaxStalenessMs(),
                        start.getWaitTimeoutMs());
        return new SubscriptionStart(
                parts(start, terms), terms, start.getInitialCredit(), filter(start.getFilter()));
    }

    private static RecordFilter filter(String expression) {
        if (expression.isEmpty()) {
            return null;
        }
        try {
            return RecordFilter.parse(expression);
        } catch (FilterSyntaxException e) {
            throw invalid("filter", "the filter is no expression, " + e.getMessage())
                    .with("position", e.position());
        }
    }

    private static List<Part> parts(SubscribeStart start, ReadTerms terms) {
        List<Part> parts = new ArrayList<>(start.getPartitionsCount());
        Set<Integer> handles = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (PartitionStart part : start.getPartitionsList()) {
            Part checked =
                    new Part(
                            part.getHandle(),
                            part.getTopic(),
                            part.getTopicId(),
                            part.getPartition(),
                            part.getPosition(),
                            part.getAtLeastOffset());
            if (checked.atLeastOffset() != 0 && !terms.isSession()) {
                throw invalid(
                        "partitions.at_least_offset",
                        "at_least_offset of %s needs SESSION; leave it out or ask for SESSION"
                                .formatted(checked.name()));
            }
            if (checked.atLeastOffset() < 0) {
                throw invalid(
                        "partitions.at_least_offset",
                        "at_least_offset of %s is %s; at most %d is allowed"
                                .formatted(
                                        checked.name(),
                                        Long.toUnsignedString(checked.atLeastOffset()),
                                        Long.MAX_VALUE));
            }
            if (!handles.add(checked.handle())) {
                throw invalid(
                        "partitions.handle",
                        "handle "
                                + Integer.toUnsignedString(checked.handle())
                                + " is used twice; give each partition its own");
            }
            if (!names.add(checked.name())) {
                throw invalid("partitions", checked.name() + " is named twice; name it once");
            }
            parts.add(checked);
        }
        return parts;
    }

    static void checkCredit(Credit credit) {
        checkCredit("credit.records", credit.getRecords());
        checkCredit("credit.bytes", credit.getBytes());
    }

    private static void checkCredit(String field, long value) {
        if (value < 0 || value > MAX_CREDIT) {
            throw invalid(
                    field,
                    "%s is %s; it must be 0 to %d"
                            .formatted(field, Long.toUnsignedString(value), MAX_CREDIT));
        }
    }

    private static MillraceException invalid(String field, String message) {
        return MillraceException.of(ErrorCode.INVALID_ARGUMENT, message).with("field", field);
    }
}
