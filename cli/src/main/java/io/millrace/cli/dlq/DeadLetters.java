package io.millrace.cli.dlq;

import io.millrace.client.admin.group.DeadLetter;
import io.millrace.client.admin.group.DeadLetterName;
import io.millrace.client.admin.group.DeadLetterPage;
import io.millrace.client.admin.group.GroupAdmin;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/** The dead letters of a group, however many pages they fill. */
final class DeadLetters {
    private static final int PAGE = 1_000;

    private final GroupAdmin groups;
    private final String group;

    DeadLetters(final GroupAdmin groups, final String group) {
        this.groups = groups;
        this.group = group;
    }

    /**
     * The oldest ones.
     *
     * @param found the dead letters
     * @param total how many there are in all
     */
    record Oldest(List<DeadLetter> found, long total) {}

    /** The oldest ones, so many at most. */
    Oldest oldest(final int count) {
        final List<DeadLetter> found = new ArrayList<>();
        DeadLetterPage page = groups.deadLetters(group, Math.min(count, PAGE), "");
        final long total = page.total();
        found.addAll(page.deadLetters());
        while (found.size() < count && !page.nextPageToken().isEmpty()) {
            page =
                    groups.deadLetters(
                            group, Math.min(count - found.size(), PAGE), page.nextPageToken());
            found.addAll(page.deadLetters());
        }
        return new Oldest(found, total);
    }

    /** Those of these that there are, oldest first. */
    List<DeadLetter> named(final Collection<DeadLetterName> names) {
        final List<DeadLetter> found = new ArrayList<>();
        each(
                it -> {
                    if (names.contains(it.name())) {
                        found.add(it);
                    }
                });
        return found;
    }

    /** The names of all. */
    List<DeadLetterName> names() {
        final List<DeadLetterName> names = new ArrayList<>();
        each(it -> names.add(it.name()));
        return names;
    }

    /** As many together as one call takes. */
    static List<List<DeadLetterName>> portions(final List<DeadLetterName> names) {
        final List<List<DeadLetterName>> portions = new ArrayList<>();
        for (int i = 0; i < names.size(); i += PAGE) {
            portions.add(names.subList(i, Math.min(names.size(), i + PAGE)));
        }
        return portions;
    }

    private void each(final Consumer<DeadLetter> taker) {
        String token = "";
        do {
            final DeadLetterPage page = groups.deadLetters(group, PAGE, token);
            page.deadLetters().forEach(taker);
            token = page.nextPageToken();
        } while (!token.isEmpty());
    }
}
