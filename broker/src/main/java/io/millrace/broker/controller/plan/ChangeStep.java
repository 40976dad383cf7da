package io.millrace.broker.controller.plan;

import java.util.OptionalInt;

/**
 * One step of a change, for a person. Immutable.
 *
 * @param shard the shard that it is about, if it is about one
 * @param description a sentence; if it is about a shard, without the shard's name at its beginning,
 *     such as "is new, on brokers [1, 2, 3]"
 * @param bytes how many bytes are copied, about
 */
public record ChangeStep(OptionalInt shard, String description, long bytes) {

    static ChangeStep of(String description, Object... args) {
        return new ChangeStep(OptionalInt.empty(), description.formatted(args), 0);
    }

    static ChangeStep of(int shard, long bytes, String description, Object... args) {
        return new ChangeStep(OptionalInt.of(shard), description.formatted(args), bytes);
    }
}
