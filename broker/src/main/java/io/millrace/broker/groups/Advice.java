package io.millrace.broker.groups;

import io.millrace.broker.groups.GroupFacts.Group;
import io.millrace.broker.groups.GroupFacts.Place;

/**
 * The commands that help with a partition of a group. Names of groups and topics need no quotes.
 */
record Advice(Group group, Place place) {

    /** Shows which shards have no leader, and who holds their replicas. */
    static final String SHARDS = "millrace cluster shards";

    String resume() {
        return "millrace group resume " + group.name();
    }

    /** Shows who the members are, where they run and how long they have been silent. */
    String members() {
        return "millrace group members " + group.name();
    }

    String follow() {
        return "millrace subscribe %s --group %s".formatted(place.topic(), group.name());
    }

    String receive() {
        return follow() + " --queue";
    }

    String brokers() {
        return "millrace cluster brokers";
    }

    /** Shows what a filter would have to match. */
    String look() {
        return "millrace subscribe %s --partition %d --from earliest --count 10 --format '%%o %%k %%h\\n'"
                .formatted(place.topic(), place.number());
    }

    /** Shows one record. */
    String look(long offset) {
        return "millrace subscribe %s --partition %d --from %d --count 1"
                .formatted(place.topic(), place.number(), offset);
    }

    String seekToEarliest() {
        return "millrace group seek %s --topic %s --partition %d --to earliest"
                .formatted(group.name(), place.topic(), place.number());
    }

    /** Shows what was given up, and why. */
    String deadLetters() {
        return "millrace dlq list " + group.name();
    }

    /** So that fewer records out of order are kept. */
    String smallerWindow() {
        return "millrace group set %s -c queue.window=1024".formatted(group.name());
    }
}
