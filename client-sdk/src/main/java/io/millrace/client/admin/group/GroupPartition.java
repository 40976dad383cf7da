package io.millrace.client.admin.group;

/**
 * A partition of a group, and why it does or does not move.
 *
 * @param topic the topic's name
 * @param topicId the topic's id
 * @param partition its number, counted from 0
 * @param memberId the owner's member id; empty: nobody
 * @param assignmentEpoch the number of the owner's stay in it
 * @param committedOffset the next offset to be processed; null: nothing is committed
 * @param metadata the words that came with the commit
 * @param commitTimeMs when it was committed, milliseconds since 1970 UTC; 0: never
 * @param logStartOffset the first offset still held
 * @param logEndOffset the offset that the next record will get; null: the leader could not be asked
 * @param lagRecords how many records are not done; null: not known
 * @param lagMs how long ago the first record that is not done was appended, in milliseconds; null:
 *     not known
 * @param verdict why it does or does not move
 * @param evidence what shows it, a sentence
 * @param advice the command that helps; empty: nothing is wrong
 */
public record GroupPartition(
        String topic,
        long topicId,
        int partition,
        String memberId,
        long assignmentEpoch,
        Long committedOffset,
        String metadata,
        long commitTimeMs,
        long logStartOffset,
        Long logEndOffset,
        Long lagRecords,
        Long lagMs,
        Verdict verdict,
        String evidence,
        String advice) {}
