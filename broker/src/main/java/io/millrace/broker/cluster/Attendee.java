package io.millrace.broker.cluster;

import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.ControllerNews;
import java.util.Set;

/** A broker that attends, and what it has been told. Guarded by the lock of {@link Attendees}. */
public final class Attendee {

    private final AttendeeOutlet outlet;
    private int nodeId;
    private long mapVersion = -1;
    private int silentTicks;
    private int ticksSinceNews;
    private long leadersVersion = -1;
    private long producerIds = -1;
    private Set<Integer> living = Set.of();

    Attendee(AttendeeOutlet outlet) {
        this.outlet = outlet;
    }

    /** The broker's node id; 0 until it has reported. */
    int nodeId() {
        return nodeId;
    }

    void reported(int node, long version) {
        nodeId = node;
        silentTicks = 0;
        // What was sent may still be on its way: only what it says at first counts.
        mapVersion = mapVersion < 0 ? version : mapVersion;
    }

    /** Returns for how many ticks it has been silent. */
    int tick() {
        ticksSinceNews++;
        return ++silentTicks;
    }

    boolean lacksMap(long version) {
        return mapVersion < version;
    }

    /** Whether it has reported and lacks anything, or has heard nothing for long. */
    boolean isDue(News news, int newsTicks) {
        return nodeId != 0
                && (ticksSinceNews >= newsTicks
                        || lacksMap(news.mapVersion())
                        || leadersVersion != news.leadersVersion()
                        || producerIds != news.producerIds()
                        || !living.equals(news.living()))
                && outlet.isReady();
    }

    void send(News news, ControllerNews.Builder built) {
        if (leadersVersion != news.leadersVersion()) {
            built.addAllLeaders(news.leaders());
        }
        outlet.send(
                built.setMapVersion(news.mapVersion())
                        .setNextProducerId(news.producerIds())
                        .addAllLiveNodes(news.living())
                        .build());
        ticksSinceNews = 0;
        mapVersion = Math.max(mapVersion, news.mapVersion());
        leadersVersion = news.leadersVersion();
        producerIds = news.producerIds();
        living = news.living();
    }

    void end(MillraceException reason) {
        outlet.end(reason);
    }
}
