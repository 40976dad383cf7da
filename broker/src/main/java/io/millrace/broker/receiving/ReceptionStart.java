package io.millrace.broker.receiving;

import io.millrace.broker.cluster.Handshake;
import io.millrace.broker.queue.QueueSettings;
import io.millrace.protocol.GroupName;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.Credit;
import io.millrace.v1.QueuePartition;
import io.millrace.v1.ReceiveStart;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A ReceiveStart that has passed all checks which need no look at groups and topics.
 *
 * @param group the group's name
 * @param memberId the member
 * @param memberEpoch its stay
 * @param parts what to receive from
 * @param initialCredit the credit to begin with
 * @param leaseMs how long a delivery may take; 0: as the group says
 */
record ReceptionStart(
        String group,
        String memberId,
        long memberEpoch,
        List<Part> parts,
        Credit initialCredit,
        long leaseMs) {

    private static final Pattern MEMBER_ID = Pattern.compile("[A-Za-z0-9._-]{1,100}");
    private static final long MAX_CREDIT = Integer.MAX_VALUE;

    /**
     * One partition to receive from.
     *
     * @param fromFirst whether all of its records are the group's, as the coordinator has said
     */
    record Part(int handle, String topic, long topicId, int partition, boolean fromFirst) {

        String name() {
            return topic + "/" + partition;
        }
    }

    /**
     * @throws MillraceException naming the field and the rule that it breaks
     */
    static ReceptionStart checked(ReceiveStart start, Handshake handshake, int maxPartitions) {
        handshake.check(start.getProtocolVersion(), start.getClusterId(), start.getClientName());
        GroupName.check(start.getGroup());
        if (!MEMBER_ID.matcher(start.getMemberId()).matches()) {
            throw invalid("member_id", "member ids match " + MEMBER_ID);
        }
        if (start.getMemberEpoch() == 0) {
            throw invalid(
                    "member_epoch", "0 is no epoch of a member; attend first, Joined says it");
        }
        int count = start.getPartitionsCount();
        if (count < 1 || count > maxPartitions) {
            throw invalid(
                    "partitions",
                    "a stream receives from 1 to %d partitions, not %d; open several"
                            .formatted(maxPartitions, count));
        }
        checkCredit(start.getInitialCredit());
        if (start.getLeaseMs() != 0) {
            checkLease(start.getLeaseMs());
        }
        return new ReceptionStart(
                start.getGroup(),
                start.getMemberId(),
                start.getMemberEpoch(),
                parts(start),
                start.getInitialCredit(),
                Integer.toUnsignedLong(start.getLeaseMs()));
    }

    private static List<Part> parts(ReceiveStart start) {
        List<Part> parts = new ArrayList<>(start.getPartitionsCount());
        Set<Integer> handles = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (QueuePartition one : start.getPartitionsList()) {
            Part part =
                    new Part(
                            one.getHandle(),
                            one.getTopic(),
                            one.getTopicId(),
                            one.getPartition(),
                            one.getFromFirstRecord());
            if (!handles.add(part.handle())) {
                throw invalid(
                        "partitions.handle",
                        "handle "
                                + Integer.toUnsignedString(part.handle())
                                + " is used twice; give each partition its own");
            }
            if (!names.add(part.name())) {
                throw invalid("partitions", part.name() + " is named twice; name it once");
            }
            parts.add(part);
        }
        return parts;
    }

    static void checkCredit(Credit credit) {
        checkCredit("credit.records", credit.getRecords());
        checkCredit("credit.bytes", credit.getBytes());
    }

    private static void checkCredit(String field, long value) {
        requireBetween(field, value, 0, MAX_CREDIT);
    }

    static void checkLease(int leaseMs) {
        requireBetween(
                "lease_ms",
                Integer.toUnsignedLong(leaseMs),
                QueueSettings.MIN_LEASE_MS,
                QueueSettings.MAX_LEASE_MS);
    }

    static void requireBetween(String field, long value, long least, long most) {
        if (value < least || value > most) {
            throw invalid(
                    field,
                    "%s is %s; it must be %d to %d"
                            .formatted(field, Long.toUnsignedString(value), least, most));
        }
    }

    static MillraceException invalid(String field, String message) {
        return MillraceException.of(ErrorCode.INVALID_ARGUMENT, message).with("field", field);
    }
}
