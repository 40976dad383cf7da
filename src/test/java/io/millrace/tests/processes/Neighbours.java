package io.millrace.tests.processes;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets the processes that run the tests of this module go on side by side, but for classes that are
 * marked {@link Alone}: such a class waits until the others' classes are through, and they wait for
 * it. JUnit finds it as a service, and asks it before and after each class.
 */
public final class Neighbours implements BeforeAllCallback, AfterAllCallback {

    private static final Path DIRECTORY = Path.of("target", "neighbours");

    private FileChannel machine;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        boolean alone = context.getRequiredTestClass().isAnnotationPresent(Alone.class);
        Files.createDirectories(DIRECTORY);
        // Who waits to be alone keeps this: nobody comes between.
        try (FileChannel turnstile = open("turnstile");
                FileLock turn = turnstile.lock()) {
            machine = open("machine");
            machine.lock(0, Long.MAX_VALUE, !alone || !turn.isValid());
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        machine.close();
    }

    private static FileChannel open(String name) throws IOException {
        return FileChannel.open(
                DIRECTORY.resolve(name),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }
}
