package io.millrace.protocol.error;

import io.grpc.Status;
import io.millrace.v1.ErrorReason;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Every failure that a broker or the SDK names, one for each {@link ErrorReason}. Numbers and names
 * are stable. docs/reference/errors.md is generated from this list.
 */
public enum ErrorCode {
    /** The request breaks a rule that its own text shows. */
    INVALID_ARGUMENT(
            ErrorReason.INVALID_ARGUMENT,
            Status.Code.INVALID_ARGUMENT,
            Retry.NEVER,
            WriteOutcome.NOT_APPLIED,
            "The request breaks a rule that its own text shows.",
            "A field is missing, out of its bounds or contradicts another.",
            "Change the field that the message names."),
    /** The client speaks a protocol version that this broker does not. */
    UNSUPPORTED_VERSION(
            ErrorReason.UNSUPPORTED_VERSION,
            Status.Code.FAILED_PRECONDITION,
            Retry.NEVER,
            WriteOutcome.NOT_APPLIED,
            "The client speaks a protocol version that this broker does not.",
            "Client and broker are too far apart in age.",
            "Upgrade the older of the two; the message names the versions."),
    /** A bug in the broker. */
    INTERNAL(
            ErrorReason.INTERNAL,
            Status.Code.INTERNAL,
            Retry.RESTART,
            WriteOutcome.UNKNOWN,
            "A bug in the broker.",
            "An unexpected state; the broker's log has the details.",
            "Report it with the broker's log. Sending the same producer sequence again is safe."),
    /** The broker is starting or stopping. */
    NOT_READY(
            ErrorReason.NOT_READY,
            Status.Code.UNAVAILABLE,
            Retry.REFRESH,
            WriteOutcome.NOT_APPLIED,
            "The broker is starting or stopping.",
            "A start, a stop or an upgrade.",
            "Try again, at another broker if there is one; the SDK does."),
    /** The request could not be finished before its deadline. */
    DEADLINE_EXCEEDED(
            ErrorReason.DEADLINE_EXCEEDED,
            Status.Code.DEADLINE_EXCEEDED,
            Retry.SAME,
            WriteOutcome.UNKNOWN,
            "The request could not be finished before its deadline.",
            "Overload, a slow disk, no majority, or a deadline that is too short.",
            "Send the same producer sequence again; look at `millrace cluster status` if it goes on."),
    /** The broker's queues are full. */
    OVERLOADED(
            ErrorReason.OVERLOADED,
            Status.Code.RESOURCE_EXHAUSTED,
            Retry.SAME,
            WriteOutcome.NOT_APPLIED,
            "The broker's queues are full.",
            "More is sent than the shard's leader can store.",
            "Wait for retry_after_ms, then send again; the SDK does. Add shards or brokers if it stays."),
    /** No topic has this name. */
    UNKNOWN_TOPIC(
            ErrorReason.UNKNOWN_TOPIC,
            Status.Code.NOT_FOUND,
            Retry.NEVER,
            WriteOutcome.NOT_APPLIED,
            "No topic has this name.",
            "A misspelt name, or the topic was deleted.",
            "Check `millrace topic list`; create it with `millrace topic create NAME`."),
    /** The topic exists but has no partition of this number. */
    UNKNOWN_PARTITION(
            ErrorReason.UNKNOWN_PARTITION,
            Status.Code.NOT_FOUND,
            Retry.NEVER,
            WriteOutcome.NOT_APPLIED,
            "The topic exists but has no partition of this number.",
            "Partitions are counted from 0.",
            "Check `millrace topic describe NAME`; add partitions with `millrace topic grow NAME -p N`."),
    /** A topic of this name exists already. */
    TOPIC_EXISTS(
            ErrorReason.TOPIC_EXISTS,
            Status.Code.ALREADY_EXISTS,
            Retry.NEVER,
            WriteOutcome.NOT_APPLIED,
            "A topic of this name exists already.",
            "It was created before, maybe by an earlier attempt of the same call.",
            "Use it, or choose another name; `--if-not-exists` makes it no error."),
    /** The topic's name is not allowed. */
    INVALID_TOPIC_NAME(
            ErrorReason.INVALID_TOPIC_NAME,
            Status.Code.INVALID_ARGUMENT,
            Retry.NEVER,
            WriteOutcome.NOT_APPLIED,
            "The topic's name is not allowed.",
            "Names match `[A-Za-z0-9._-]{1,249}` and are neither \".\" nor \"..\".",
            "Choose another name."),
    /** A topic setting is unknown or its value is not allowed. */
    INVALID_TOPIC_CONFIG(
            ErrorReason.INVALID_TOPIC_CONFIG,
            Status.Code.INVALID_ARGUMENT,
            Retry.NEVER,
            WriteOutcome.NOT_APPLIED,
            "A topic setting is unknown or its value is not allowed.",
            "A misspelt name, a unit that is missing, or a value out of bounds.",
            "Change the setting that the message names; docs/reference/topic-config.md lists all."),
    /** The number of partitions is not allowed. */
    INVALID_PARTITION_COUNT(
            ErrorReason.INVALID_PARTITION_COUNT,
            Status.Code.INVALID_ARGUMENT,
            Retry.NEVER,
            WriteOutcome.NOT_APPLIED,
            "The number of partitions is not allowed.",
            "Below 1, above the limit, or fewer than the topic has: partitions are never removed.",
            "Ask for a number within the limits that the message names."),
    /** More replicas were asked for than there are brokers. */
    INVALID_REPLICA_COUNT(
            ErrorReason.INVALID_REPLICA_COUNT,
            Status.Code.FAILED_PRECONDITION,
            Retry.NEVER,
            WriteOutcome.NOT_APPLIED,
            "More replicas were asked for than there are brokers.",
            "The cluster is smaller than the number of replicas.",
            "Ask for fewer replicas, or add brokers first."),
    /** The request names the topic by an id that belongs to a deleted topic of the same name. */
    TOPIC_RECREATED(
            ErrorReason.TOPIC_RECREATED,
            Status.Code.FAILED_PRECONDITION,
            Retry.NEVER,
            WriteOutcome.NOT_APPLIED,
            "The request names the topic by an id that belongs to a deleted topic of the same name.",
            "Somebody deleted the topic and created it again.",
            "Open a new publisher or subscriber: positions in the old topic mean nothing in the new one."),
    /** The batch is larger than the topic takes. */
    BATCH_TOO_LARGE(
            ErrorReason.BATCH_TOO_LARGE,
            Status.Code.INVALID_ARGUMENT,
            Retry.NEVER,
            WriteOutcome.NOT_APPLIED,
            "The batch is larger than the topic takes.",
            "It exceeds the topic's max.batch.bytes.",
            "Send smaller batches or records, or raise max.batch.bytes (8 MiB at most) with `millrace topic set`."),
    /** The batch's CRC32C, header or record count does not match its bytes. */
    CORRUPT_BATCH(
            ErrorReason.CORRUPT_BATCH,
            Status.Code.INVALID_ARGUMENT,
            Retry.NEVER,
            WriteOutcome.NOT_APPLIED,
            "The batch's CRC32C, header or record count does not match its bytes.",
            "Damage on the way, or a client that writes another format.",
            "Compare with docs/reference/record-batch.md; look for faulty memory or network if the SDK wrote it."),
    /** The producer's sequence is not the next one. */
    OUT_OF_ORDER_SEQUENCE(
            ErrorReason.OUT_OF_ORDER_SEQUENCE,
            Status.Code.FAILED_PRECONDITION,
            Retry.RESTART,
            WriteOutcome.NOT_APPLIED,
            "The producer's sequence is not the next one.",
            "An earlier batch of the producer is missing, or two publishers use one producer id.",
            "Send the missing batches first, in order; the SDK does."),
    /** The producer is not known in this partition and did not start at sequence 0. */
    UNKNOWN_PRODUCER(
            ErrorReason.UNKNOWN_PRODUCER,
            Status.Code.FAILED_PRECONDITION,
            Retry.RESTART,
            WriteOutcome.NOT_APPLIED,
            "The producer is not known in this partition and did not start at sequence 0.",
            "It was idle for so long that it was forgotten, or the topic was created anew.",
            "Start with a new producer id if nothing sent under the old one is in doubt; the SDK does."),
    /** A producer of the same id and a higher epoch has taken over. */
    PRODUCER_FENCED(
            ErrorReason.PRODUCER_FENCED,
            Status.Code.ABORTED,
            Retry.NEVER,
            WriteOutcome.NOT_APPLIED,
            "A producer of the same id and a higher epoch has taken over.",
            "Another publisher goes on with this producer id.",
            "Stop this publisher; it has been replaced."),
    /** The sequence was applied, so long ago that its offset is forgotten. */
    DUPLICATE_SEQUENCE(
            ErrorReason.DUPLICATE_SEQUENCE,
            Status.Code.ALREADY_EXISTS,
            Retry.NEVER,
            WriteOutcome.UNKNOWN,
            "The sequence was applied, so long ago that its offset is forgotten.",
            "A batch was sent again after more than eight later ones.",
            "Nothing: the records are stored, once."),
    /** An earlier batch of this stream for the same partition failed, and order would be lost. */
    PREDECESSOR_FAILED(
            ErrorReason.PREDECESSOR_FAILED,
            Status.Code.ABORTED,
            Retry.RESTART,
            WriteOutcome.NOT_APPLIED,
            "An earlier batch of this stream for the same partition failed, and order would be lost.",
            "The refusal of the earlier batch says why.",
            "Open a new stream and send both again in order; the SDK does."),
    /** The offset is below the log start or above the log end of the partition. */
    OFFSET_OUT_OF_RANGE(
            ErrorReason.OFFSET_OUT_OF_RANGE,
            Status.Code.OUT_OF_RANGE,
            Retry.NEVER,
            WriteOutcome.NONE,
            "The offset is below the log start or above the log end of the partition.",
            "A position from another topic or cluster, or records that retention has removed.",
            "Start from `earliest` or `latest`, or choose a gap policy; the message names both ends."),
    /** Stored records cannot be read back: their checksum does not match. */
    CORRUPT_LOG(
            ErrorReason.CORRUPT_LOG,
            Status.Code.DATA_LOSS,
            Retry.NEVER,
            WriteOutcome.NONE,
            "Stored records cannot be read back: their checksum does not match.",
            "The disk or memory of that broker has damaged them.",
            "Read from another replica; replace the disk. Nothing is repaired by guessing."),
    /** The subscriber confirmed nothing for too long, or broke the rules of the stream. */
    SUBSCRIPTION_STALLED(
            ErrorReason.SUBSCRIPTION_STALLED,
            Status.Code.ABORTED,
            Retry.RESTART,
            WriteOutcome.NONE,
            "The subscriber confirmed nothing for too long, or broke the rules of the stream.",
            "A consumer that hangs, or a client with a bug.",
            "Subscribe again from the last position; the SDK does."),
    /** The broker asked is not the leader of the shard. */
    NOT_LEADER(
            ErrorReason.NOT_LEADER,
            Status.Code.UNAVAILABLE,
            Retry.REFRESH,
            WriteOutcome.NOT_APPLIED,
            "The broker asked is not the leader of the shard.",
            "Leadership has moved.",
            "Follow the metadata entry `leader`, or fetch the cluster map; the SDK does."),
    /** The shard has no leader at the moment. */
    LEADER_UNAVAILABLE(
            ErrorReason.LEADER_UNAVAILABLE,
            Status.Code.UNAVAILABLE,
            Retry.REFRESH,
            WriteOutcome.NOT_APPLIED,
            "The shard has no leader at the moment.",
            "An election is under way, or a majority of its brokers is down.",
            "Try again; look at `millrace cluster status` if it lasts longer than some seconds."),
    /** The leader changed while the write was under way. */
    OUTCOME_UNKNOWN(
            ErrorReason.OUTCOME_UNKNOWN,
            Status.Code.ABORTED,
            Retry.REFRESH,
            WriteOutcome.UNKNOWN,
            "The leader changed while the write was under way.",
            "A crash, an election or a hand-over.",
            "Send the same producer sequence again: it is stored once; the SDK does."),
    /** The disk has less free space than the reserve; reads are served. */
    DISK_FULL(
            ErrorReason.DISK_FULL,
            Status.Code.RESOURCE_EXHAUSTED,
            Retry.REFRESH,
            WriteOutcome.NOT_APPLIED,
            "The disk has less free space than the reserve; reads are served.",
            "The broker's data directory, or something else on its disk, has grown too large.",
            "Free space, shorten the retention, trim or delete topics, or add brokers. Writing goes on by itself."),
    /** The write-ahead log has reached its cap on this shard. */
    WAL_FULL(
            ErrorReason.WAL_FULL,
            Status.Code.RESOURCE_EXHAUSTED,
            Retry.SAME,
            WriteOutcome.NOT_APPLIED,
            "The write-ahead log has reached its cap on this shard.",
            "A checkpoint cannot keep up with the writes, mostly for a slow disk.",
            "Send again later; the SDK does. Look at `millrace cluster status` for the shard that pins it."),
    /** The replica is behind what the caller has seen already. */
    BEHIND(
            ErrorReason.BEHIND,
            Status.Code.UNAVAILABLE,
            Retry.REFRESH,
            WriteOutcome.NONE,
            "The replica is behind what the caller has seen already.",
            "It was restarted, or replication to it is slow.",
            "Follow the metadata entry `leader`; the SDK does."),
    /** The caller means another cluster than the one that this broker belongs to. */
    WRONG_CLUSTER(
            ErrorReason.WRONG_CLUSTER,
            Status.Code.FAILED_PRECONDITION,
            Retry.NEVER,
            WriteOutcome.NOT_APPLIED,
            "The caller means another cluster than the one that this broker belongs to.",
            "A wrong address, or an address that was given to another cluster.",
            "Check the server list."),
    /** The change does not fit the state of the cluster, or endangers a quorum. */
    CHANGE_REFUSED(
            ErrorReason.CHANGE_REFUSED,
            Status.Code.FAILED_PRECONDITION,
            Retry.NEVER,
            WriteOutcome.NOT_APPLIED,
            "The change does not fit the state of the cluster, or endangers a quorum.",
            "A broker or shard that does not exist, another change under way, or too few replicas left.",
            "Do what the message names first; `--force` accepts a quorum in danger, where it says so."),
    /** No group has that name. */
    UNKNOWN_GROUP(
            ErrorReason.UNKNOWN_GROUP,
            Status.Code.NOT_FOUND,
            Retry.NEVER,
            WriteOutcome.NOT_APPLIED,
            "No group has that name.",
            "It was never joined, or has been deleted.",
            "Look at `millrace group list`; a subscriber that joins creates its group."),
    /** The group's name, mode or a setting is not allowed, or not what the group has. */
    INVALID_GROUP(
            ErrorReason.INVALID_GROUP,
            Status.Code.INVALID_ARGUMENT,
            Retry.NEVER,
            WriteOutcome.NOT_APPLIED,
            "The group's name, mode or a setting is not allowed, or not what the group has.",
            "A typing error, or members of one group that differ in their mode.",
            "Change what the message names; `millrace group describe` shows what the group has."),
    /** The group has as many members as it may have. */
    GROUP_FULL(
            ErrorReason.GROUP_FULL,
            Status.Code.RESOURCE_EXHAUSTED,
            Retry.SAME,
            WriteOutcome.NOT_APPLIED,
            "The group has as many members as it may have.",
            "Members that join and die in a loop, or too low a limit.",
            "Stop some members, or raise the group's `max.members`."),
    /** The member has been expired, has left, or somebody took its place. */
    MEMBER_FENCED(
            ErrorReason.MEMBER_FENCED,
            Status.Code.ABORTED,
            Retry.RESTART,
            WriteOutcome.NOT_APPLIED,
            "The member has been expired, has left, or somebody took its place.",
            "It was silent for longer than its lease, or another process joined with its instance id.",
            "Drop what is in work and join anew; the SDK does."),
    /** The partition is not, or no longer, the member's. */
    NOT_ASSIGNED(
            ErrorReason.NOT_ASSIGNED,
            Status.Code.FAILED_PRECONDITION,
            Retry.NEVER,
            WriteOutcome.NOT_APPLIED,
            "The partition is not, or no longer, the member's.",
            "It was given to another member in the meantime.",
            "Drop what is in work of it; its new owner starts at the committed offset."),
    /** The group has members, or is not paused. */
    GROUP_IN_USE(
            ErrorReason.GROUP_IN_USE,
            Status.Code.FAILED_PRECONDITION,
            Retry.NEVER,
            WriteOutcome.NOT_APPLIED,
            "The group has members, or is not paused.",
            "Members hold the partitions that the change is about.",
            "Stop the members, or `millrace group pause` it first."),
    /** The delivery's lease has run out, or it was settled before. */
    DELIVERY_EXPIRED(
            ErrorReason.DELIVERY_EXPIRED,
            Status.Code.ABORTED,
            Retry.NEVER,
            WriteOutcome.NOT_APPLIED,
            "The delivery's lease has run out, or it was settled before.",
            "The work took longer than the lease.",
            "Nothing: the record is delivered again. Extend the lease in time, or ask for a longer one.");

    private static final Map<ErrorReason, ErrorCode> BY_REASON =
            Arrays.stream(values())
                    .collect(Collectors.toUnmodifiableMap(ErrorCode::reason, Function.identity()));

    private final ErrorReason reason;
    private final Status.Code status;
    private final Retry retry;
    private final WriteOutcome outcome;
    private final String meaning;
    private final String cause;
    private final String remedy;

    ErrorCode(
            ErrorReason reason,
            Status.Code status,
            Retry retry,
            WriteOutcome outcome,
            String meaning,
            String cause,
            String remedy) {
        this.reason = reason;
        this.status = status;
        this.retry = retry;
        this.outcome = outcome;
        this.meaning = meaning;
        this.cause = cause;
        this.remedy = remedy;
    }

    /** The code of a reason; empty for one that is unspecified or newer than this list. */
    public static Optional<ErrorCode> ofReason(ErrorReason reason) {
        return Optional.ofNullable(BY_REASON.get(reason));
    }

    /** The stable number. */
    public int number() {
        return reason.getNumber();
    }

    /** The reason on the wire. */
    public ErrorReason reason() {
        return reason;
    }

    /** The gRPC status of a call that fails with it. */
    public Status.Code status() {
        return status;
    }

    /** What to do, unless the failure says otherwise. */
    public Retry retry() {
        return retry;
    }

    /** What is known of the write, unless the failure says otherwise. */
    public WriteOutcome outcome() {
        return outcome;
    }

    /** What it means, one sentence. */
    public String meaning() {
        return meaning;
    }

    /** Where it mostly comes from, one sentence. */
    public String cause() {
        return cause;
    }

    /** The way out. */
    public String remedy() {
        return remedy;
    }
}
