package io.millrace.cli;

import java.util.Locale;

/** How data is printed. */
public enum OutputFormat {
    /** For people. */
    TABLE,
    /** For programs: one JSON value. */
    JSON;

    /** As it is written on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
