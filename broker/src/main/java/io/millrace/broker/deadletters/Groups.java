package io.millrace.broker.deadletters;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.GroupImage;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.function.Supplier;

/** The groups that have dead letters: those in queue mode. Thread-safe. */
final class Groups {

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
        GroupImage group = image.get().groups().require(name);
        if (!group.queue()) {
            throw MillraceException.of(
                            ErrorCode.INVALID_GROUP,
                            "group \"%s\" is in stream mode; only groups in queue mode give records up"
                                    .formatted(name))
                    .with("field", "group");
        }
        return group;
    }
}
