package io.millrace.client.read;

/** Where a subscriber reads. */
public enum ReadFrom {
    /**
     * The leader of each partition: the shortest way from publisher to subscriber. While there is
     * no leader, nothing comes.
     */
    LEADER,
    /**
     * Any replica, chosen by the client's policy: subscribers are spread over the brokers, and go
     * on while there is no leader, if their consistency allows it.
     */
    ANY
}
