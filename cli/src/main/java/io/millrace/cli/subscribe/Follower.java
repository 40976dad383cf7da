package io.millrace.cli.subscribe;

import java.io.IOException;

/** Prints records until there is nothing more to do. */
interface Follower {
    /** Prints. Blocks until enough is printed, the end is reached, or it is stopped. */
    void run() throws IOException;

    /** Makes {@link #run} return soon, with whole records printed. Any thread may call it. */
    void stop();
}
