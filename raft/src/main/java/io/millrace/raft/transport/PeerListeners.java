package io.millrace.raft.transport;

/** Two who hear the same. */
final class PeerListeners implements PeerListener {

    private final PeerListener first;
    private final PeerListener second;

    PeerListeners(PeerListener first, PeerListener second) {
        this.first = first;
        this.second = second;
    }

    @Override
    public void connected(int nodeId, Lane lane) {
        first.connected(nodeId, lane);
        second.connected(nodeId, lane);
    }

    @Override
    public void disconnected(int nodeId, Lane lane, String reason) {
        first.disconnected(nodeId, lane, reason);
        second.disconnected(nodeId, lane, reason);
    }

    @Override
    public void refused(int nodeId, String reason) {
        first.refused(nodeId, reason);
        second.refused(nodeId, reason);
    }

    @Override
    public void turnedAway(int nodeId, String reason) {
        first.turnedAway(nodeId, reason);
        second.turnedAway(nodeId, reason);
    }

    @Override
    public void timedOut(int nodeId, Lane lane) {
        first.timedOut(nodeId, lane);
        second.timedOut(nodeId, lane);
    }

    @Override
    public void overflowed(int nodeId, Lane lane) {
        first.overflowed(nodeId, lane);
        second.overflowed(nodeId, lane);
    }

    @Override
    public void groupBusy(int nodeId, String group) {
        first.groupBusy(nodeId, group);
        second.groupBusy(nodeId, group);
    }

    @Override
    public void replicatorRestarted(String group, int nodeId) {
        first.replicatorRestarted(group, nodeId);
        second.replicatorRestarted(group, nodeId);
    }
}
