package io.millrace.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.function.IntSupplier;
import org.jline.terminal.spi.SystemStream;
import org.jline.terminal.spi.TerminalProvider;

/**
 * The three standard streams and what is known of the terminal behind them.
 *
 * @param in stdin, unbuffered
 * @param out stdout, unbuffered: for data
 * @param err stderr, flushed at each line: for talk
 * @param terminal answers whether a person can be asked, and how wide the screen is
 */
record Console(InputStream in, OutputStream out, PrintStream err, Terminal terminal) {
    /** A terminal, or none. Asking starts a process, a few milliseconds each. */
    interface Terminal {
        /** Nothing here is a terminal. */
        Terminal NONE = of(false, false, () -> 0);

        /** Whether a person can be asked: stdin and stderr are a terminal. */
        boolean canAsk();

        /** Whether a line on stderr can be written again and again. */
        boolean canRewrite();

        /** Columns of the screen, 80 if unknown. */
        int width();

        static Terminal of(final boolean ask, final boolean rewrite, final IntSupplier width) {
            return new Terminal() {
                @Override
                public boolean canAsk() {
                    return ask;
                }

                @Override
                public boolean canRewrite() {
                    return rewrite;
                }

                @Override
                public int width() {
                    final int columns = width.getAsInt();
                    return columns > 0 ? columns : 80;
                }
            };
        }

        /** The terminal that this process was started from. */
        static Terminal ofSystem() {
            return new Terminal() {
                @Override
                public boolean canAsk() {
                    return is(SystemStream.Input) && is(SystemStream.Error);
                }

                @Override
                public boolean canRewrite() {
                    return !"dumb".equals(System.getenv("TERM")) && is(SystemStream.Error);
                }

                @Override
                public int width() {
                    final int columns = columns();
                    return columns > 0 ? columns : 80;
                }

                private boolean is(final SystemStream stream) {
                    try {
                        return TerminalProvider.load("exec").isSystemStream(stream);
                    } catch (final IOException e) {
                        return false;
                    }
                }

                private int columns() {
                    try {
                        return TerminalProvider.load("exec").systemStreamWidth(SystemStream.Error);
                    } catch (final IOException e) {
                        return 0;
                    }
                }
            };
        }
    }
}
