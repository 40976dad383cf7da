package io.millrace.protocol;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;

/** The rule for names of consumer groups: that of topics. */
public final class GroupName {
    private GroupName() {}

    /**
     * Gives the name back if it keeps the rule.
     *
     * @throws MillraceException INVALID_GROUP if it does not; the message says why
     */
    public static String check(String name) {
        String problem = TopicName.problemOf(name);
        if (problem != null) {
            throw MillraceException.of(
                            ErrorCode.INVALID_GROUP,
                            "group name "
                                    + TopicName.shown(name)
                                    + " "
                                    + problem
                                    + "; group names match [A-Za-z0-9._-]{1,249} and are neither"
                                    + " \".\" nor \"..\"")
                    .with("field", "group");
        }
        return name;
    }
}
