package io.millrace.raft.transport;

/**
 * One lane to a peer. A snapshot of the moment.
 *
 * @param nodeId the peer
 * @param lane which connection
 * @param connected whether it is up
 * @param problem why it is not; empty if it is
 * @param connects how often it came up
 * @param requests requests sent
 * @param bytesOut bytes sent in requests
 * @param bytesIn bytes received in answers
 * @param queuedBytes bytes that wait to be sent
 * @param inFlight requests without an answer yet
 * @param timeouts requests that got none in time
 */
public record PeerTraffic(
        int nodeId,
        Lane lane,
        boolean connected,
        String problem,
        long connects,
        long requests,
        long bytesOut,
        long bytesIn,
        long queuedBytes,
        int inFlight,
        long timeouts) {}
