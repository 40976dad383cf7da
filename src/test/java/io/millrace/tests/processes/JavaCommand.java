package io.millrace.tests.processes;

import io.millrace.cli.Main;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line that runs {@code millrace} from the classes under test. */
public final class JavaCommand {

    /** What Chronicle and protobuf need; the memory of the tests' own process does not pass on. */
    private static final List<String> PASSED_ON =
            List.of("--add-", "-Dchronicle.", "-Dcom.google.protobuf.", "-ea");

    /** Many short processes on few cores: what starts fast wins. */
    private static final List<String> SMALL =
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

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
        return of(Main.class, List.of(), shadows, arguments);
    }

    /**
     * The command line of a program of the tests.
     *
     * @param options for its JVM; the last word where several set the same
     */
    public static List<String> of(Class<?> program, List<String> options, List<String> arguments) {
        return of(program, options, List.of(), arguments);
    }

    private static List<String> of(
            Class<?> program, List<String> options, List<Path> shadows, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> PASSED_ON.stream().anyMatch(option::startsWith))
                .forEach(command::add);
        command.addAll(SMALL);
        command.addAll(options);
        List<String> classPath = new ArrayList<>();
        shadows.forEach(place -> classPath.add(place.toString()));
        classPath.add(System.getProperty("java.class.path"));
        command.addAll(
                List.of("-cp", String.join(File.pathSeparator, classPath), program.getName()));
        command.addAll(arguments);
        return command;
    }
}
