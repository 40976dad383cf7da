/**
 * Records that groups in queue mode have given up. {@link
 * io.millrace.broker.deadletters.DeadLetterWriter} copies them to the group's dead-letter topic;
 * {@link io.millrace.broker.deadletters.DeadLetters} lists them, has them delivered again, and
 * drops them.
 *
 * <p>A dead letter is a record of the topic {@code <group>.dlq} that is not settled there: the
 * progress of the group's queue in that topic says which are. Copies, redriving and dropping are
 * decided by the leader of the dead-letter topic's partition; whether a record can be delivered
 * again by the leader of the record's own.
 */
package io.millrace.broker.deadletters;
