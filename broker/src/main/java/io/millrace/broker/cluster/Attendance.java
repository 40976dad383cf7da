package io.millrace.broker.cluster;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.controller.ControllerCodec;
import io.millrace.broker.wire.MalformedException;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.BrokerReport;
import io.millrace.v1.ControllerNews;
import io.millrace.v1.PeerIntroduction;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this broker in touch with the controller's leader: reports to it each second and on
 * changes, which renews the broker's lease, and takes its news. Finds another leader when the one
 * it has is silent or leads no more. Where this broker leads itself, it reports to itself.
 *
 * <p>Thread-safe; no method blocks. {@link #tick} drives all of it.
 */
public final class Attendance implements AutoCloseable {

    /** How often {@link #tick} is to be called. */
    public static final long TICK_MS = BrokerWatch.TICK_MS;

    private static final Logger LOG = LoggerFactory.getLogger(Attendance.class);
    private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(4);
    private static final long CONNECT_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long SAY_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Introduction self;
    private final Controller controller;
    private final Leaders leaders;
    private final LeaderSearch search;
    private final BrokerWatch watch;
    private final Reporter reporter;
    private final Peers peers;
    private final LongSupplier nanoTime;
    private final Consumer<String> fatal;
    private final Consumer<ClusterImage> imageListener = this::imageChanged;
    private Session session;
    private int unreachable;
    private long unreachableSince;
    private long reportAt;
    private long openAt;
    private long sayAt;
    private List<Object> reported = List.of();
    private volatile boolean registered;
    private boolean closed;

    /**
     * @param self this broker
     * @param controller takes the map from the news
     * @param leaders takes the leaders and who lives
     * @param search finds the controller's leader
     * @param watch hears this broker's reports where it leads itself
     * @param reporter makes them
     * @param fatal told, once or more, why this broker must stop: its node id or its data directory
     *     is another's
     */
    public Attendance(
            Introduction self,
            Controller controller,
            Leaders leaders,
            LeaderSearch search,
            BrokerWatch watch,
            Reporter reporter,
            Peers peers,
            LongSupplier nanoTime,
            Consumer<String> fatal) {
        this.self = self;
        this.controller = controller;
        this.leaders = leaders;
        this.search = search;
        this.watch = watch;
        this.reporter = reporter;
        this.peers = peers;
        this.nanoTime = nanoTime;
        this.fatal = fatal;
        long now = nanoTime.getAsLong();
        this.reportAt = now;
        this.openAt = now;
        this.sayAt = now + SAY_EVERY_NANOS;
        controller.images().addListener(imageListener);
    }

    /** Does what is due; to be called every {@value #TICK_MS} ms by one thread. */
    public void tick() {
        leaders.refresh();
        search.tick();
        int leader = search.leader();
        List<Object> signs = reporter.signs();
        // Made rarely, because it asks everything here how it is, and so not under the lock.
        BrokerReport report = isReportWanted(leader, signs) ? reporter.report() : null;
        synchronized (this) {
            if (closed) {
                return;
            }
            long now = nanoTime.getAsLong();
            if (leader == self.nodeId()) {
                leave();
                if (report != null) {
                    watch.hear(report);
                    hasReported(signs, now);
                }
                return;
            }
            look(leader, now);
            if (session != null && report != null && session.send(report)) {
                hasReported(signs, now);
            }
            if (session == null && now - sayAt >= 0) {
                LOG.info(
                        "no leader of the controller is in reach yet; the last one taken for it: {}",
                        leader == 0 ? "none" : "node " + leader);
                sayAt = now + SAY_EVERY_NANOS;
            }
        }
    }

    /** Whether news come, or this broker leads itself. */
    public synchronized boolean isInTouch() {
        return search.leader() == self.nodeId() || session != null && session.heard;
    }

    /** Opens, keeps or gives up the stream. */
    private void look(int leader, long now) {
        if (session != null && now - session.heardAt > SILENCE_NANOS) {
            LOG.info(
                    "the controller's leader is silent, another is looked for node={}",
                    session.node);
            search.doubt(session.node);
            leave();
        }
        if (session != null && leader != 0 && leader != session.node) {
            leave();
        }
        if (session == null && leader != 0 && isReachable(leader, now) && now - openAt >= 0) {
            openAt = now + RETRY_NANOS;
            Session next = new Session(leader, now);
            session = next;
            next.stream = peers.attend(leader, next);
        }
    }

    /** To connect takes its time; who cannot be reached for long is no leader for this broker. */
    private boolean isReachable(int leader, long now) {
        if (peers.isReachable(leader)) {
            unreachable = 0;
            return true;
        }
        if (unreachable != leader) {
            unreachable = leader;
            unreachableSince = now;
        } else if (now - unreachableSince > CONNECT_NANOS) {
            search.doubt(leader);
            unreachable = 0;
        }
        return false;
    }

    private void leave() {
        Session left = session;
        session = null; // before the end of the stream is heard
        if (left != null) {
            left.close();
        }
    }

    /** Every second, when something has changed that matters, and by a leader that has none yet. */
    private synchronized boolean isReportWanted(int leader, List<Object> signs) {
        boolean known =
                leader == self.nodeId()
                        || session != null && session.node == leader && session.reported;
        return !known || nanoTime.getAsLong() - reportAt >= 0 || !signs.equals(reported);
    }

    private void hasReported(List<Object> signs, long now) {
        reportAt = now + REPORT_NANOS;
        reported = signs;
    }

    private void take(ControllerNews news) throws MalformedException {
        if (!news.getImage().isEmpty()) {
            ClusterImage image =
                    ControllerCodec.decodeImage(news.getImage().asReadOnlyByteBuffer());
            if (!image.clusterId().equals(self.get().getClusterId())) {
                throw MillraceException.of(
                        ErrorCode.WRONG_CLUSTER,
                        "a map of the cluster %s was sent to a broker of %s"
                                .formatted(image.clusterId(), self.get().getClusterId()));
            }
            controller.images().offer(image);
        }
        controller.heardOfProducerIds(news.getNextProducerId());
        leaders.hear(news.getLeadersList(), new HashSet<>(news.getLiveNodesList()));
    }

    /** Once the map has known this very life of the broker, no other may follow it there. */
    private void imageChanged(ClusterImage image) {
        BrokerImage known = image.brokers().get(self.nodeId());
        if (known == null || !known.isRegistered()) {
            return;
        }
        PeerIntroduction me = self.get();
        boolean mine =
                known.directoryId().equals(me.getDirectoryId())
                        && known.startCounter() == me.getStartCounter()
                        && known.startNonce() == me.getStartNonce();
        if (mine) {
            registered = true;
            return;
        }
        PeerGate.outlived(me, known)
                .or(() -> Optional.of(replaced(known)).filter(told -> registered))
                .ifPresent(fatal);
    }

    private static String replaced(BrokerImage other) {
        return "another broker has registered with node id %d, at %s; give each its own node-id"
                .formatted(other.nodeId(), other.peerAddress());
    }

    @Override
    public synchronized void close() {
        closed = true;
        controller.images().removeListener(imageListener);
        leave();
    }

    /** One stream to one leader. */
    private final class Session implements NewsListener {

        private final int node;
        private ReportStream stream;
        private long heardAt;
        private boolean heard;
        private boolean reported;

        Session(int node, long now) {
            this.node = node;
            this.heardAt = now;
        }

        boolean send(BrokerReport report) {
            boolean sent = stream != null && stream.send(report);
            reported |= sent;
            return sent;
        }

        void close() {
            if (stream != null) {
                stream.close();
            }
        }

        @Override
        public void onNews(ControllerNews news) {
            synchronized (Attendance.this) {
                if (session != this) {
                    return;
                }
                heardAt = nanoTime.getAsLong();
                if (!heard) {
                    heard = true;
                    search.confirm(node);
                    LOG.info("in touch with the controller's leader node={}", node);
                }
            }
            try {
                take(news);
            } catch (MalformedException | MillraceException e) {
                LOG.error("news are not understood, another stream is opened node={}", node, e);
                drop();
            }
        }

        private void drop() {
            synchronized (Attendance.this) {
                if (session == this) {
                    search.doubt(node);
                    leave();
                }
            }
        }

        @Override
        public void onEnd(MillraceException reason) {
            boolean mustStop = PeerGate.isMustStop(reason);
            if (mustStop) {
                fatal.accept(reason.getMessage());
            }
            synchronized (Attendance.this) {
                if (session != this) {
                    return;
                }
                if (heard) {
                    LOG.info(
                            "the controller's leader is gone node={}: {}",
                            node,
                            reason.getMessage());
                }
                if (!mustStop) {
                    search.doubt(
                            node); // a leader that refuses this broker is the leader all the same
                }
                session = null;
            }
        }
    }
}
