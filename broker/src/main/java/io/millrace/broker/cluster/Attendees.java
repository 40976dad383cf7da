package io.millrace.broker.cluster;

import com.google.protobuf.ByteString;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.controller.ControllerCodec;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.BrokerReport;
import io.millrace.v1.ControllerNews;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams of the brokers that attend to the controller's leader, at the leader: takes their
 * reports and tells them the news. Each gets the newest there is, never a queue of old ones.
 * Thread-safe; no method blocks.
 */
public final class Attendees {

    private static final Logger LOG = LoggerFactory.getLogger(Attendees.class);
    private static final int NEWS_TICKS = (int) (1_000 / BrokerWatch.TICK_MS);
    private static final int LOG_TICKS = 60 * NEWS_TICKS;
    private static final int MAX_STREAMS = 1_100;

    private final Controller controller;
    private final BrokerWatch watch;
    private final PeerGate gate;
    private final Leaders leaders;
    private final int silentTicksAllowed;
    private final Set<Attendee> open = new LinkedHashSet<>();
    private long ticks;
    private String lastRefusal = "";
    private long lastRefusalTick;
    private ClusterImage encodedImage = ClusterImage.EMPTY;
    private ByteString encoded = ByteString.EMPTY;

    /**
     * @param controller the map, and whether it is led here
     * @param watch hears the reports
     * @param gate says who must stop
     * @param leaders who leads what
     * @param lease a stream on which nothing came for so long is dead
     */
    public Attendees(
            Controller controller,
            BrokerWatch watch,
            PeerGate gate,
            Leaders leaders,
            Duration lease) {
        this.controller = controller;
        this.watch = watch;
        this.gate = gate;
        this.leaders = leaders;
        this.silentTicksAllowed = (int) (lease.toMillis() / BrokerWatch.TICK_MS);
    }

    /**
     * A broker has opened a stream.
     *
     * @throws MillraceException NOT_LEADER or OVERLOADED
     */
    public synchronized Attendee open(AttendeeOutlet outlet) {
        if (!watch.isLeading()) {
            throw controller.notLeader();
        }
        if (open.size() >= MAX_STREAMS) {
            throw MillraceException.of(
                    ErrorCode.OVERLOADED,
                    "%,d brokers attend already; look for one that opens streams again and again"
                            .formatted(open.size()));
        }
        Attendee attendee = new Attendee(outlet);
        open.add(attendee);
        return attendee;
    }

    /** A broker has sent a report. */
    public synchronized void report(Attendee attendee, BrokerReport report) {
        if (!open.contains(attendee)) {
            return;
        }
        int node = report.getPeer().getNodeId();
        Optional<String> danger = gate.dangerous(report.getPeer());
        if (danger.isPresent()) {
            if (mayLog(danger.get())) {
                LOG.warn("a broker is refused nodeId={}: {}", node, danger.get());
            }
            end(attendee, PeerGate.mustStop(danger.get()));
            return;
        }
        if (node < 1 || attendee.nodeId() != 0 && attendee.nodeId() != node) {
            end(
                    attendee,
                    MillraceException.of(
                            ErrorCode.INVALID_ARGUMENT,
                            "a stream of reports is about one broker, 1 to 65535; node %d does not fit"
                                    .formatted(node)));
            return;
        }
        attendee.reported(node, report.getMapVersion());
        watch.hear(report);
    }

    /** Who is refused tries again and again. */
    private boolean mayLog(String refusal) {
        boolean may = !refusal.equals(lastRefusal) || ticks - lastRefusalTick > LOG_TICKS;
        if (may) {
            lastRefusal = refusal;
            lastRefusalTick = ticks;
        }
        return may;
    }

    /** A broker's stream is gone. */
    public synchronized void close(Attendee attendee) {
        open.remove(attendee);
    }

    /** Time has passed; to be called every 100 ms. */
    public void tick() {
        watch.tick();
        synchronized (this) {
            ticks++;
            if (!watch.isLeading()) {
                endAll(controller.notLeader());
                return;
            }
            News news = news();
            for (Attendee attendee : List.copyOf(open)) {
                if (attendee.tick() > silentTicksAllowed) {
                    end(
                            attendee,
                            MillraceException.of(
                                    ErrorCode.NOT_READY,
                                    "no report came for as long as a lease; open another stream"));
                } else if (attendee.isDue(news, NEWS_TICKS)) {
                    send(attendee, news);
                }
            }
        }
    }

    /** Ends all streams with a reason. */
    public synchronized void endAll(MillraceException reason) {
        List.copyOf(open).forEach(attendee -> end(attendee, reason));
    }

    private News news() {
        return new News(
                controller.images().current().version(),
                leaders.version(),
                leaders.told(),
                watch.alive(),
                controller.nextProducerId());
    }

    private void send(Attendee attendee, News news) {
        ControllerNews.Builder built = ControllerNews.newBuilder();
        if (attendee.lacksMap(news.mapVersion())) {
            built.setImage(encoded());
        }
        attendee.send(news, built);
    }

    private ByteString encoded() {
        ClusterImage current = controller.images().current();
        if (current != encodedImage) {
            encoded = ByteString.copyFrom(ControllerCodec.encodeImage(current));
            encodedImage = current;
        }
        return encoded;
    }

    private void end(Attendee attendee, MillraceException reason) {
        open.remove(attendee);
        attendee.end(reason);
    }
}
