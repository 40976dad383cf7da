package io.millrace.tests.processes;

import io.millrace.cli.Main;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line that runs {@code millrace} from the classes under test. */
public final class JavaCommand {

    /** What Chronicle and protobuf need; the memory of the tests' own process does not pass on. */
    private static final List<String> PASSED_ON =
            List.of("--add-", "-Dchronicle.", "-Dcom.google.protobuf.", "-ea");

    private JavaCommand() {}

    /** The command line of a verb. */
    public static List<String> millrace(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> PASSED_ON.stream().anyMatch(option::startsWith))
                .forEach(command::add);
        command.addAll(
                List.of(
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }
}
