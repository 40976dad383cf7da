package io.millrace.broker.deadletters;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.GroupImage;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.function.Supplier;

/** The groups that have dead letters: those in queue mode. Thread-safe. */
final class Groups {

    private static final int SHOWN = 300;

    private final Supplier<ClusterImage> image;

    Groups(Supplier<ClusterImage> image) {
        this.image = image;
    }

    /**
     * A group in queue mode.
     *
     * @throws MillraceException if there is no such group, or it is in stream mode
     */
    GroupImage queueGroup(String name) {
        String shown = name.length() <= SHOWN ? name : name.substring(0, SHOWN) + "…";
        GroupImage group =
                image.get()
                        .groups()
                        .find(name)
                        .orElseThrow(
                                () ->
                                        MillraceException.of(
                                                        ErrorCode.UNKNOWN_GROUP,
                                                        "there is no group \"%s\"; look at `millrace"
                                                                        .formatted(shown)
                                                                + " group list`")
                                                .with("group", shown));
        if (!group.queue()) {
            throw MillraceException.of(
                            ErrorCode.INVALID_GROUP,
                            "group \"%s\" is in stream mode; only groups in queue mode give records up"
                                    .formatted(shown))
                    .with("field", "group");
        }
        return group;
    }
}
