package io.millrace.tests.processes;

import io.millrace.cli.Main;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The command line that runs {@code millrace} from the classes under test. */
public final class JavaCommand {

    /**
     * What Chronicle, protobuf and jraft need; the memory of the tests' own process does not pass
     * on.
     */
    private static final List<String> PASSED_ON =
            List.of("--add-", "-Dchronicle.", "-Dcom.google.protobuf.", "-Djraft.", "-ea");

    /** Many short processes on few cores: what starts fast wins. */
    private static final List<String> SMALL =
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private static final String MAIN = Main.class.getName();
    private static final List<Path> PRODUCT = classPath();
    private static final List<String> ARCHIVE = ClassArchive.options(java(), PRODUCT, MAIN);

    private JavaCommand() {}

    /** The command line of a verb. */
    public static List<String> millrace(String... arguments) {
        return millrace(List.of(), List.of(arguments));
    }

    /**
     * The command line of a verb, run with some classes that are not those under test.
     *
     * @param shadows where classes are found first
     */
    public static List<String> millrace(List<Path> shadows, List<String> arguments) {
        List<String> place = new ArrayList<>();
        if (shadows.isEmpty()) {
            place.addAll(ARCHIVE);
        }
        List<Path> classPath = new ArrayList<>(shadows);
        classPath.addAll(PRODUCT);
        place.addAll(List.of("-cp", ClassArchive.joined(classPath)));
        return command(place, MAIN, arguments);
    }

    /**
     * The command line of a program of the tests.
     *
     * @param options for its JVM; the last word where several set the same
     */
    public static List<String> of(Class<?> program, List<String> options, List<String> arguments) {
        List<String> all = new ArrayList<>(ARCHIVE);
        all.addAll(options);
        // The archive is of classes that come first.
        List<Path> classPath = new ArrayList<>(PRODUCT);
        classPath.add(Path.of("target", "test-classes").toAbsolutePath());
        all.addAll(List.of("-cp", ClassArchive.joined(classPath)));
        return command(all, program.getName(), arguments);
    }

    private static List<String> command(
            List<String> options, String program, List<String> arguments) {
        List<String> command = java();
        command.addAll(options);
        command.add(program);
        command.addAll(arguments);
        return command;
    }

    private static List<String> java() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> PASSED_ON.stream().anyMatch(option::startsWith))
                .forEach(command::add);
        command.addAll(SMALL);
        return command;
    }

    /** All but the tests themselves. */
    private static List<Path> classPath() {
        Path own = Path.of("target").toAbsolutePath();
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(path -> Files.exists(path) && !path.toAbsolutePath().startsWith(own))
                .toList();
    }
}
