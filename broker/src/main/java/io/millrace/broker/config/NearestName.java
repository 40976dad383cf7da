package io.millrace.broker.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that somebody probably meant. */
public final class NearestName {

    private NearestName() {}

    /**
     * The valid name with the smallest edit distance to the given one, whatever the case, the first
     * of several; empty if there is none at all. The first or last part of a name is easily
     * forgotten, which counts as one edit, and its separators are easily mixed up.
     */
    static Optional<String> of(String given, Collection<String> valid) {
        String nearest = null;
        int best = Integer.MAX_VALUE;
        for (String name : valid) {
            int edits = edits(given, name);
            if (edits < best) {
                best = edits;
                nearest = name;
            }
        }
        return Optional.ofNullable(nearest);
    }

    /** The same, if no more lies between than slips: an edit for every two characters given. */
    static Optional<String> near(String given, Collection<String> valid) {
        int slips = Math.max(1, given.length() / 2);
        return of(given, valid).filter(name -> edits(given, name) <= slips);
    }

    /** The same, if at most so many edits lie between. */
    public static Optional<String> within(int edits, String given, Collection<String> valid) {
        return of(given, valid)
                .filter(name -> distance(normalised(given), normalised(name)) <= edits);
    }

    private static int edits(String given, String name) {
        String wanted = normalised(given);
        int edits = distance(wanted, normalised(name));
        int first = name.indexOf('.');
        int last = name.lastIndexOf('.');
        if (first >= 0) {
            String withoutFirst = normalised(name.substring(first + 1));
            String withoutLast = normalised(name.substring(0, last));
            edits = Math.min(edits, distance(wanted, withoutFirst) + 1);
            edits = Math.min(edits, distance(wanted, withoutLast) + 1);
        }
        return edits;
    }

    private static String normalised(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[._]", "-");
    }

    /** Levenshtein distance, of at most the first 100 characters of each. */
    static int distance(String left, String right) {
        int rows = Math.min(left.length(), 100);
        int columns = Math.min(right.length(), 100);
        int[] previous = new int[columns + 1];
        for (int column = 0; column <= columns; column++) {
            previous[column] = column;
        }
        for (int row = 1; row <= rows; row++) {
            int[] current = new int[columns + 1];
            current[0] = row;
            for (int column = 1; column <= columns; column++) {
                int replaced = left.charAt(row - 1) == right.charAt(column - 1) ? 0 : 1;
                int viaNeighbours = Math.min(previous[column], current[column - 1]) + 1;
                current[column] = Math.min(viaNeighbours, previous[column - 1] + replaced);
            }
            previous = current;
        }
        return previous[columns];
    }
}
