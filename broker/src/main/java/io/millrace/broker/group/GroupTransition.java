package io.millrace.broker.group;

import java.util.Set;

/**
 * What a {@link GroupCommand} makes of a {@link GroupTable} or a {@link GroupState}. Immutable.
 *
 * @param next what is after it; the very same object if nothing changes
 * @param result what the command yields
 * @param changedMembers the ids of the members, present or just gone, whose assignment is another
 *     now
 */
public record GroupTransition<S>(S next, GroupResult result, Set<String> changedMembers) {

    public GroupTransition {
        changedMembers = Set.copyOf(changedMembers);
    }

    static <S> GroupTransition<S> unchanged(S state) {
        return new GroupTransition<>(state, new GroupResult.Done(false), Set.of());
    }
}
