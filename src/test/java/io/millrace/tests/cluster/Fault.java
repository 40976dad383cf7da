package io.millrace.tests.cluster;

/** What can happen to one broker of a cluster, one thing at a time: a minority. */
enum Fault {
    /** SIGKILL, and started again. */
    KILL(10),
    /** SIGSTOP for longer than an election takes, then SIGCONT. */
    PAUSE(10),
    /** Nobody hears it, and it hears nobody. */
    ISOLATE(10),
    /** Nobody hears it. */
    MUTE(5),
    /** It hears nobody. */
    DEAFEN(5),
    /** It and one other do not hear each other; both hear the third. */
    PART(5),
    /** Stopped in order and started again. */
    RESTART(5),
    /** Somebody else is told to lead one of its shards. */
    TRANSFER(5),
    /** SIGKILL, its data deleted, and started again. */
    WIPE(3);

    private final int weight;

    Fault(int weight) {
        this.weight = weight;
    }

    int weight() {
        return weight;
    }
}
