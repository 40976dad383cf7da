package io.millrace.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of text under headings, columns as wide as their longest cell. Not thread-safe. */
public final class Table {
    private static final String GAP = "  ";
    private static final int MIN_CUT = 10;

    private final List<String> headings = new ArrayList<>();
    private final List<Boolean> numeric = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();
    private int width = Integer.MAX_VALUE;

    /** Cuts the last column so that lines have at most so many characters, but to 10 at least. */
    public Table fit(final int columns) {
        width = columns;
        return this;
    }

    /** Adds a column of words, aligned to the left. */
    public Table words(final String heading) {
        return column(heading, false);
    }

    /** Adds a column of numbers, aligned to the right. */
    public Table numbers(final String heading) {
        return column(heading, true);
    }

    /** Adds a row, one cell a column. */
    public Table row(final Object... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException(
                    cells.length + " cells for " + headings.size() + " columns");
        }
        final List<String> row = new ArrayList<>(cells.length);
        for (final Object cell : cells) {
            row.add(String.valueOf(cell));
        }
        rows.add(row);
        return this;
    }

    /** The lines, headings first, each ended by a line feed. */
    @Override
    public String toString() {
        final int[] widths = new int[headings.size()];
        measure(headings, widths);
        rows.forEach(it -> measure(it, widths));
        final int last = widths.length - 1;
        final int others = Arrays.stream(widths, 0, last).sum() + GAP.length() * last;
        widths[last] = Math.min(widths[last], Math.max(MIN_CUT, width - others));
        final StringBuilder text = new StringBuilder();
        append(headings, widths, text);
        rows.forEach(it -> append(it, widths, text));
        return text.toString();
    }

    private Table column(final String heading, final boolean right) {
        headings.add(heading);
        numeric.add(right);
        return this;
    }

    private static void measure(final List<String> cells, final int[] widths) {
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], cells.get(i).length());
        }
    }

    private static String cut(final String cell, final int limit) {
        return cell.length() <= limit ? cell : cell.substring(0, limit - 1) + "…";
    }

    private void append(final List<String> cells, final int[] widths, final StringBuilder text) {
        final StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            final String cell = cut(cells.get(i), widths[i]);
            final String padding = " ".repeat(widths[i] - cell.length());
            line.append(i == 0 ? "" : GAP);
            line.append(numeric.get(i) ? padding + cell : cell + padding);
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }
}
