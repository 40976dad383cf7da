package io.millrace.tests.processes;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets the processes that run the tests of this module go on side by side, but for classes that are
 * marked {@link Alone}: such a class waits until the others' classes are through, and they wait for
 * it. JUnit finds it as a service, and asks it before and after each class.
 */
public final class Neighbours implements BeforeAllCallback, AfterAllCallback {

    /** Of this module: all its test processes are started in the module's directory. */
    static final Path DIRECTORY = Path.of("target", "neighbours");

    private Room room;

    /** Of the classes that the one which is run lies in. */
    private int depth;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        depth++;
        if (depth == 1) {
            boolean alone = context.getRequiredTestClass().isAnnotationPresent(Alone.class);
            room = Room.enter(DIRECTORY, alone);
        }
    }

    /** Asked also if it could not enter. */
    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        depth--;
        if (depth == 0 && room != null) {
            room.close();
            room = null;
        }
    }
}
