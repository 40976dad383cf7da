package io.millrace.broker.filter;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Tells how large a regular expression becomes before it is compiled. RE2J limits a count to 1,000
 * but not counts of counts: the 23 characters {@code (((a{99}){99}){99}){99}} would fill any
 * memory. Whatever is not understood counts as too large.
 */
final class RegexpSize {

    static final int TOO_LARGE = 1_000_000;

    private final String regexp;
    private final Deque<Long> outer = new ArrayDeque<>();
    private int at;
    private long group;
    private long last;

    private RegexpSize(String regexp) {
        this.regexp = regexp;
    }

    /** About how many steps it has when all counts are written out, at most {@link #TOO_LARGE}. */
    static int estimate(String regexp) {
        return new RegexpSize(regexp).walk();
    }

    private int walk() {
        while (at < regexp.length()) {
            char c = regexp.charAt(at++);
            boolean known =
                    switch (c) {
                        case '(' -> open();
                        case ')' -> close();
                        case '[' -> characterClass();
                        case '\\' -> escape();
                        case '{' -> count();
                        case '*', '+', '?' -> true;
                        default -> single();
                    };
            if (!known || group + last > TOO_LARGE) {
                return TOO_LARGE;
            }
        }
        return outer.isEmpty() ? (int) (group + last) : TOO_LARGE;
    }

    private boolean single() {
        group += last;
        last = 1;
        return true;
    }

    private boolean open() {
        single();
        outer.push(group);
        group = last;
        last = 0;
        return true;
    }

    private boolean close() {
        if (outer.isEmpty()) {
            return false;
        }
        last += group;
        group = outer.pop();
        return true;
    }

    private boolean escape() {
        if (at == regexp.length() || regexp.charAt(at) == 'Q') {
            return false;
        }
        at++;
        return single();
    }

    /** Steps over it: its brackets are not those of groups. */
    private boolean characterClass() {
        single();
        if (regexp.startsWith("^", at)) {
            at++;
        }
        for (boolean first = true; at < regexp.length(); first = false) {
            char c = regexp.charAt(at++);
            if (c == ']' && !first) {
                return true;
            } else if (c == '\\') {
                at++;
            } else if (c == '[' && regexp.startsWith(":", at)) {
                int end = regexp.indexOf(":]", at);
                at = end < 0 ? at : end + 2;
            }
        }
        return false;
    }

    private boolean count() {
        int end = regexp.indexOf('}', at);
        String[] bounds = end < 0 ? new String[0] : regexp.substring(at, end).split(",");
        long most = 0;
        for (String bound : bounds) {
            if (bound.length() > 4 || !bound.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return single();
            }
            most = bound.isEmpty() ? most : Math.max(most, Long.parseLong(bound));
        }
        if (most == 0) {
            return single();
        }
        // As deep as groups are nested, a repeated one has a step or two of its own.
        last = Math.max(1, last) * most;
        at = end + 1;
        return true;
    }
}
