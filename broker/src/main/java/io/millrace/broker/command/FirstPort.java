package io.millrace.broker.command;

import io.millrace.cli.CommandException;
import java.util.List;

/** The option {@code --port}: one number that stands for the three ports of a broker. */
final class FirstPort {

    private static final int MAX_FIRST_PORT = 65_533;

    private FirstPort() {}

    /** The settings that it stands for. */
    static List<String> settings(int first) {
        if (first < 0 || first > MAX_FIRST_PORT) {
            throw new CommandException(
                    "--port is %d; it must be 0 to %d, since peers and http take the two after it"
                            .formatted(first, MAX_FIRST_PORT));
        }
        int step = first == 0 ? 0 : 1;
        return List.of(
                "listen.client-port=" + first,
                "listen.peer-port=" + (first + step),
                "listen.http-port=" + (first + 2 * step));
    }
}
