package io.millrace.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that somebody may have meant. */
final class NearestName {
    private static final int MAX_LENGTH = 249;

    private NearestName() {}

    /** The known name that is closest; empty if none differs in less than a third of it. */
    static Optional<String> of(final String given, final Collection<String> known) {
        if (given.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        return known.stream()
                .min(Comparator.comparingInt(it -> distance(given, it)))
                .filter(it -> distance(given, it) <= Math.max(1, it.length() / 3));
    }

    /** How many letters must be put in, left out or changed. */
    private static int distance(final String a, final String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            final int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                final int changed = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[b.length()];
    }
}
