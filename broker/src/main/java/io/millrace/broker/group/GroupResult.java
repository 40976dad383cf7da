package io.millrace.broker.group;

import io.millrace.protocol.error.ErrorCode;
import java.util.List;

/** What came of a {@link GroupCommand}, the same on every replica. Immutable. */
public sealed interface GroupResult {

    /**
     * Of a command that was taken.
     *
     * @param changed false if it was already so, or what the command was about has passed
     */
    record Done(boolean changed) implements GroupResult {}

    /**
     * Nothing changed.
     *
     * @param code why
     * @param message a sentence for a person
     */
    record Refused(ErrorCode code, String message) implements GroupResult {}

    /**
     * Of {@link GroupCommand.JoinGroup}.
     *
     * @param outcomes one for each who wanted to join, in their order
     */
    record Joins(List<JoinOutcome> outcomes) implements GroupResult {

        public Joins {
            outcomes = List.copyOf(outcomes);
        }
    }

    /** What came of one who wanted to join. */
    sealed interface JoinOutcome {}

    /**
     * It is a member.
     *
     * @param stay its new stay
     * @param fenced those whose place it has taken, at most two: nothing that they send is accepted
     *     from now on
     */
    record Joined(MemberStay stay, List<MemberStay> fenced) implements JoinOutcome {

        public Joined {
            fenced = List.copyOf(fenced);
        }
    }

    /**
     * It is no member.
     *
     * @param code why
     * @param message a sentence for a person
     */
    record JoinRefused(ErrorCode code, String message) implements JoinOutcome {}

    /**
     * Of commands that commit offsets.
     *
     * @param refused for each member, in their order, what was refused; everything else is done
     */
    record Commits(List<List<CommitRefusal>> refused) implements GroupResult {

        public Commits {
            refused = refused.stream().map(List::copyOf).toList();
        }
    }

    /**
     * A part of a commit or a release that was refused.
     *
     * @param partition as the member named it
     * @param code why
     * @param message a sentence for a person
     */
    record CommitRefusal(AssignedPartition partition, ErrorCode code, String message) {}

    /**
     * Of {@link GroupCommand.SeekOffsets}.
     *
     * @param entry what was done, as it is in the log of seeks
     */
    record Sought(SeekLogEntry entry) implements GroupResult {}
}
