package io.millrace.perf.compare.cluster;

import java.nio.file.Path;

/** The Java that runs this program, and all that it starts. */
public final class JavaHome {
    private JavaHome() {}

    /** Its program {@code java}. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
