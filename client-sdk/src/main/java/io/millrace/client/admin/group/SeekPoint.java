package io.millrace.client.admin.group;

import io.millrace.client.subscribe.Position;
import java.util.Objects;

/** Where a group is to go. */
public sealed interface SeekPoint {
    /** Earliest, latest, an offset or a time. */
    static SeekPoint at(Position position) {
        return new AtPosition(position);
    }

    /** This many records on from the committed offset; back if negative. */
    static SeekPoint shift(long records) {
        return new Shift(records);
    }

    /** As another group has committed. */
    static SeekPoint asGroup(String group) {
        return new AsGroup(group);
    }

    /** To where nothing is committed. */
    static SeekPoint forget() {
        return new Forget();
    }

    /**
     * A place in the log.
     *
     * @param position which
     */
    record AtPosition(Position position) implements SeekPoint {
        public AtPosition {
            Objects.requireNonNull(position, "position");
        }
    }

    /**
     * A place relative to the committed offset.
     *
     * @param records how many records on; back if negative
     */
    record Shift(long records) implements SeekPoint {}

    /**
     * Where another group is.
     *
     * @param group its name
     */
    record AsGroup(String group) implements SeekPoint {
        public AsGroup {
            Objects.requireNonNull(group, "group");
        }
    }

    /** Nothing committed: members start by their own policy. */
    record Forget() implements SeekPoint {}
}
