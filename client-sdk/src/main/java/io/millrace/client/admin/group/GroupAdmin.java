package io.millrace.client.admin.group;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Describes and changes consumer groups. Made by {@code MillraceClient.admin().groups()}.
 *
 * <p>Calls block, fail and are repeated as those of {@link io.millrace.client.admin.Admin}.
 * Thread-safe.
 */
public interface GroupAdmin {
    /** The same, but changes are only checked: answers say what would be done. */
    GroupAdmin plan();

    /** All groups, by name. */
    List<GroupInfo> list();

    /** One group, its members, and per partition its progress and why it does or does not move. */
    GroupDescription describe(String group);

    /**
     * Moves committed offsets. Refused with GROUP_IN_USE for partitions that a member holds, unless
     * the group is paused; a {@linkplain #plan() plan} names that as the obstacle. Every partition
     * that is moved stands in the answer, which {@link #undo} can put back.
     *
     * @param targets where to go; a partition that several name goes by the last
     * @param reason who asks and why, for the log of seeks; at most 200 characters
     */
    SeekResult seek(String group, Collection<SeekTarget> targets, String reason);

    /**
     * Puts the partitions of an earlier seek back to where they were before it. Is itself a seek,
     * and can be undone.
     *
     * @param seekId from {@link SeekResult} or {@link GroupDescription#seeks}
     * @param reason as that of {@link #seek}; empty: that it undoes that seek
     * @throws MillraceException INVALID_ARGUMENT if the log does not have it (any more)
     */
    default SeekResult undo(String group, long seekId, String reason) {
        SeekLogEntry entry =
                describe(group).seeks().stream()
                        .filter(it -> it.seekId() == seekId)
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        MillraceException.of(
                                                ErrorCode.INVALID_ARGUMENT,
                                                "group "
                                                        + group
                                                        + " has no seek "
                                                        + seekId
                                                        + " in its log, which holds the newest 20;"
                                                        + " 'millrace group describe' shows them"));
        return seek(
                group,
                entry.moves().stream().map(SeekMove::back).toList(),
                reason.isEmpty() ? "undo of seek " + seekId : reason);
    }

    /** Lets members hold what they have and process nothing new. Idempotent. */
    void pause(String group);

    /** Lets a paused group go on, and closes the breaker of its dead letters. Idempotent. */
    void resume(String group);

    /**
     * Changes settings of a group, which is created if there is none; those that are not named keep
     * their value. Idempotent.
     *
     * @param mode its mode if it is created, else the one that it must have; null: any, STREAM if
     *     it is created
     * @param config settings to change, by name, as in docs/reference/group-config.md
     * @param reset settings to put back to their default, by name
     * @return the group after the change
     */
    GroupSettings set(
            String group, GroupMode mode, Map<String, String> config, Collection<String> reset);

    /** Deletes a group without members, and its progress. */
    void delete(String group);

    /**
     * Dead letters of a group, oldest first, in pages.
     *
     * @param pageSize how many at most, 1 to 1,000
     * @param pageToken {@link DeadLetterPage#nextPageToken} of the page before; empty: the first
     */
    DeadLetterPage deadLetters(String group, int pageSize, String pageToken);

    /**
     * Delivers dead letters again to their group, with a fresh count. Idempotent per dead letter.
     *
     * @param deadLetters which, 1,000 at most; empty: all
     */
    RedriveResult redrive(String group, Collection<DeadLetterName> deadLetters);

    /**
     * Gives dead letters up for good. Idempotent per dead letter.
     *
     * @param deadLetters which, 1,000 at most; empty: all
     * @return how many are, or would be, given up
     */
    long drop(String group, Collection<DeadLetterName> deadLetters);
}
