package io.millrace.raft.transport;

import io.grpc.Channel;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** The three lanes to one peer. Thread-safe. */
final class PeerLinks {

    private final Map<Lane, PeerLink> links = new EnumMap<>(Lane.class);
    private final Map<Lane, Channel> channels = new EnumMap<>(Lane.class);

    PeerLinks(int nodeId, LinkContext context, Executor calls) {
        for (Lane lane : Lane.values()) {
            PeerLink link = new PeerLink(nodeId, lane, context);
            links.put(lane, link);
            channels.put(lane, new PeerChannel(link, context.handshake(), calls));
            link.tick();
        }
    }

    PeerLink link(Lane lane) {
        return links.get(lane);
    }

    Channel channel(Lane lane) {
        return channels.get(lane);
    }

    void tick() {
        links.values().forEach(PeerLink::tick);
    }

    /** Whether nothing is connected, and the last attempt has found nobody there. */
    boolean isGone() {
        return links.get(Lane.CONTROL).isAbsent()
                && links.values().stream().noneMatch(PeerLink::isUp);
    }

    List<PeerTraffic> traffic() {
        return links.values().stream().map(PeerLink::traffic).toList();
    }

    void close() {
        links.values().forEach(PeerLink::close);
    }
}
