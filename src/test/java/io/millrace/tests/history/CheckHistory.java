package io.millrace.tests.history;

import java.io.IOException;
import java.nio.file.Path;

/** Judges a history once more, from its files: {@code CheckHistory DIRECTORY}. */
public final class CheckHistory {

    private CheckHistory() {}

    /** Exits with 0 if nothing is wrong, 1 if something is, 2 if it cannot be judged. */
    public static void main(String[] arguments) {
        if (arguments.length != 1) {
            System.err.println("usage: CheckHistory DIRECTORY");
            System.exit(2);
        }
        try {
            Verdict verdict = HistoryChecker.check(Path.of(arguments[0]));
            System.out.print(verdict);
            System.exit(verdict.isClean() ? 0 : 1);
        } catch (IOException | IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }
}
