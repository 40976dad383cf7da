package io.millrace.perf.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;

/** Who started this process also started the brokers: it is asked, a line each time. */
final class OperatorLine implements Operator {
    private static final String DONE = "done";

    private final BufferedReader in;
    private final PrintStream out;

    OperatorLine(BufferedReader in, PrintStream out) {
        this.in = in;
        this.out = out;
    }

    @Override
    public void kill(int node) throws IOException {
        ask("KILL " + node);
    }

    @Override
    public void restart(int node) throws IOException {
        ask("RESTART " + node);
    }

    @Override
    public void wipe(int node) throws IOException {
        ask("WIPE " + node);
    }

    @Override
    public void launch() throws IOException {
        ask("LAUNCH");
    }

    private void ask(String order) throws IOException {
        out.println(order);
        out.flush();
        String answer = in.readLine();
        if (!DONE.equals(answer)) {
            throw new IOException(
                    "%s was answered by %s"
                            .formatted(
                                    order,
                                    answer == null ? "the end of stdin" : '"' + answer + '"'));
        }
    }
}
