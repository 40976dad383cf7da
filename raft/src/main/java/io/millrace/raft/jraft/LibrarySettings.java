package io.millrace.raft.jraft;

/**
 * Settings that jraft takes from system properties when its classes are loaded. The launcher gives
 * them, too; here they are for those who run an engine in a process of their own.
 */
final class LibrarySettings {

    /**
     * Heartbeats are kicked off in a pool without a queue: one rejection, and a follower never
     * hears of its leader again (sofa-jraft issue 1274). Threads are made only when all are busy.
     */
    private static final String HEARTBEAT_THREADS = "jraft.rpc.closure.threadpool.size.max";

    private LibrarySettings() {}

    /** To be called before anything else of jraft. */
    static void apply() {
        if (System.getProperty(HEARTBEAT_THREADS) == null) {
            System.setProperty(HEARTBEAT_THREADS, "4096");
        }
    }
}
