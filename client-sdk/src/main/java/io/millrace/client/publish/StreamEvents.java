package io.millrace.client.publish;

import io.millrace.client.cluster.Cluster;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.Retry;
import io.millrace.protocol.error.WireError;
import io.millrace.protocol.error.WriteOutcome;
import io.millrace.v1.BatchAck;
import io.millrace.v1.BatchRefusal;
import io.millrace.v1.PublishResponse;
import io.millrace.v1.PublishWelcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What follows from what brokers say. Runs on the sender's thread. */
final class StreamEvents implements PublishStream.Listener {
    private static final Logger log = LoggerFactory.getLogger(StreamEvents.class);

    private final Cluster cluster;
    private final StreamPool streams;
    private final LaneDriver driver;
    private final BatchFates fates;
    private final LongSupplier nanoTime;
    private final Supplier<Collection<Lane>> allLanes;

    StreamEvents(
            Cluster cluster,
            StreamPool streams,
            LaneDriver driver,
            BatchFates fates,
            LongSupplier nanoTime,
            Supplier<Collection<Lane>> allLanes) {
        this.cluster = cluster;
        this.streams = streams;
        this.driver = driver;
        this.fates = fates;
        this.nanoTime = nanoTime;
        this.allLanes = allLanes;
    }

    @Override
    public void welcomed(PublishStream stream, PublishWelcome welcome) {
        Producer producer = stream.producer();
        if (welcome.getProducerId() <= 0
                || producer.isBorn()
                        && (welcome.getProducerId() != producer.id()
                                || welcome.getProducerEpoch() != producer.epoch())) {
            stream.cancel(violation(stream, "another producer id than asked for"));
            return;
        }
        if (!producer.isBorn()) {
            producer.born(welcome.getProducerId(), welcome.getProducerEpoch());
        }
        // Lanes of other brokers may have waited for the producer id.
        allLanes.get().forEach(driver::step);
        if (stream.lanes().isEmpty()) {
            // It has brought the id and leads to nobody's leader.
            streams.retire(stream);
        }
    }

    @Override
    public void ready(PublishStream stream) {
        for (Lane lane : new ArrayList<>(stream.lanes())) {
            if (!stream.isOpen() || !stream.isReady()) {
                return;
            }
            driver.step(lane);
        }
    }

    @Override
    public void answered(PublishStream stream, PublishResponse response) {
        switch (response.getResponseCase()) {
            case ACK -> acknowledged(stream, response.getAck());
            case REFUSAL -> refused(stream, response.getRefusal());
            case GO_AWAY -> {
                log.debug(
                        "the broker at {} closes its streams: {}",
                        stream.address(),
                        response.getGoAway().getError().getMessage());
                streams.retire(stream);
                streams.leaving(
                        stream.address(),
                        TimeUnit.MILLISECONDS.toNanos(response.getGoAway().getGraceMs()));
                cluster.refresh();
                stepAll(new ArrayList<>(stream.lanes()));
            }
            default -> log.debug("an unknown message from {} is left out", stream.address());
        }
    }

    @Override
    public void broke(PublishStream stream, MillraceException why) {
        streams.ended(stream);
        List<Lane> lanes = new ArrayList<>(stream.lanes());
        log.debug("publish stream to {} ended: {}", stream.address(), why.getMessage());
        if (why.retry() != Retry.NEVER && !lanes.isEmpty()) {
            cluster.refresh();
        }
        long now = nanoTime.getAsLong();
        for (Lane lane : lanes) {
            lane.unbind();
            lane.window().streamBroke();
            Refusal refusal = Refusal.of(why);
            if (refusal == Refusal.NEW_PRODUCER) {
                fates.abandonProducer(lane, why);
            } else if (why.retry() == Retry.NEVER) {
                fates.failAll(lane, why);
            }
            cluster.dropHint(lane.shard(), stream.address());
            driver.failed(lane, stream.address(), why, now);
            driver.step(lane);
        }
        // Those that waited for this stream's producer id have to ask themselves.
        if (!stream.producer().isBorn()) {
            if (lanes.isEmpty()) {
                waitBeforeAskingAgain(stream.producer(), why, now);
            }
            allLanes.get().forEach(driver::step);
        }
    }

    /** The stream was for the id only: nobody else waits before brokers are asked in turn. */
    private void waitBeforeAskingAgain(Producer producer, MillraceException why, long now) {
        for (Lane lane : allLanes.get()) {
            if (lane.producer() == producer && lane.stream() == null) {
                lane.problem(why, now);
            }
        }
    }

    private void acknowledged(PublishStream stream, BatchAck ack) {
        PublishStream.InFlight answered = take(stream, ack.getCorrelationId());
        if (answered == null) {
            return;
        }
        Lane lane = answered.lane();
        PendingBatch batch = answered.batch();
        lane.responded(Math.max(1, nanoTime.getAsLong() - answered.sentNanos()));
        if (lane.window().acknowledged(batch)) {
            lane.success();
            fates.stored(
                    lane,
                    batch,
                    ack.getOffsetUnknown() ? PublishedRecord.OFFSET_UNKNOWN : ack.getBaseOffset(),
                    ack.getAppendTimeMs(),
                    ack.getDuplicate(),
                    Durability.of(ack.getDurability()));
        }
        driver.step(lane);
    }

    private void refused(PublishStream stream, BatchRefusal message) {
        PublishStream.InFlight answered = take(stream, message.getCorrelationId());
        if (answered == null) {
            return;
        }
        Lane lane = answered.lane();
        PendingBatch batch = answered.batch();
        MillraceException why =
                WireError.fromDetail(message.getError()).with("broker", stream.address());
        switch (isOld(why, lane) ? Refusal.RESEND : Refusal.of(why)) {
            case STORED -> {
                if (lane.window().acknowledged(batch)) {
                    lane.success();
                    fates.stored(
                            lane,
                            batch,
                            PublishedRecord.OFFSET_UNKNOWN,
                            0,
                            true,
                            Durability.UNKNOWN);
                }
            }
            case RESEND -> resend(stream, lane, batch, why);
            case NEW_PRODUCER -> fates.loseProducer(lane, batch, why);
            case FAIL_BATCH -> {
                streams.retire(stream);
                fates.drop(lane, batch, why);
            }
            case FAIL_ALL -> {
                streams.retire(stream);
                fates.drop(lane, batch, why);
                fates.failAll(lane, why);
            }
        }
        driver.step(lane);
    }

    private void resend(
            PublishStream stream, Lane lane, PendingBatch batch, MillraceException why) {
        streams.retire(stream);
        lane.window().refused(batch, why.outcome() != WriteOutcome.NOT_APPLIED);
        if (why.code() == ErrorCode.PREDECESSOR_FAILED) {
            return;
        }
        String leader = why.leader().orElse(stream.address());
        boolean elsewhere = !leader.equals(stream.address());
        if (elsewhere) {
            cluster.hint(lane.shard(), leader);
        } else if (why.retry() == Retry.REFRESH) {
            cluster.dropHint(lane.shard(), stream.address());
        }
        if (!elsewhere || !lane.mayFollow(why)) {
            driver.failed(lane, stream.address(), why, nanoTime.getAsLong());
            if (why.retry() == Retry.REFRESH) {
                cluster.refresh();
            }
        }
    }

    /** Whether the broker does not know the topic yet that the map at hand has. */
    private boolean isOld(MillraceException why, Lane lane) {
        return switch (why.code()) {
            case UNKNOWN_TOPIC, UNKNOWN_PARTITION, TOPIC_RECREATED ->
                    cluster.view()
                            .topic(lane.partition().topic())
                            .filter(
                                    it ->
                                            it.topicId() == lane.topicId()
                                                    && it.partitionCount()
                                                            > lane.partition().partition())
                            .isPresent();
            default -> false;
        };
    }

    private PublishStream.InFlight take(PublishStream stream, long correlationId) {
        PublishStream.InFlight answered = stream.take(correlationId);
        if (answered != null && !answered.lane().window().isNextAnswer(answered.batch())) {
            stream.cancel(violation(stream, "answers out of order"));
            return null;
        }
        if (answered != null) {
            answered.lane().heard(nanoTime.getAsLong());
        }
        return answered;
    }

    private void stepAll(List<Lane> lanes) {
        lanes.forEach(driver::step);
    }

    private static MillraceException violation(PublishStream stream, String what) {
        return MillraceException.of(
                        ErrorCode.INTERNAL,
                        "the broker at " + stream.address() + " broke the protocol: " + what)
                .with("broker", stream.address());
    }
}
