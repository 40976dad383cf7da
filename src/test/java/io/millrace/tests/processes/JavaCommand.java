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

    /** Many short processes on few cores: what starts fast wins. */
    private static final List<String> SMALL =
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private JavaCommand() {}

    /** The command line of a verb. */
    public static List<String> millrace(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> PASSED_ON.stream().anyMatch(option::startsWith))
                .forEach(command::add);
        command.addAll(SMALL);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }
}
