package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;

/**
 * Takes a block of producer ids. Not a change of the cluster map: its version stays.
 *
 * @param count how many, 1 to 1,000,000
 */
public record AllocateProducerIds(int count) implements ControllerCommand<ProducerIdBlock> {

    private static final int MAX_COUNT = 1_000_000;

    @Override
    public CommandKind kind() {
        return CommandKind.ALLOCATE_PRODUCER_IDS;
    }

    @Override
    public Transition<ProducerIdBlock> applyTo(ControllerState state) {
        state.requireFormed();
        if (count < 1 || count > MAX_COUNT) {
            throw MillraceException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    "%,d producer ids cannot be taken at once: 1 to %,d are allowed"
                            .formatted(count, MAX_COUNT));
        }
        ProducerIdBlock block = new ProducerIdBlock(state.nextProducerId(), count);
        ControllerState next =
                new ControllerState(
                        state.image(),
                        state.nextTopicId(),
                        state.nextPartitionId(),
                        state.nextReplicaId(),
                        block.end());
        return new Transition<>(next, block);
    }

    @Override
    public void encode(WireWriter out) {
        out.int32(count);
    }

    static AllocateProducerIds decode(WireReader in) throws MalformedException {
        return new AllocateProducerIds(in.int32());
    }

    @Override
    public void encodeValue(ProducerIdBlock value, WireWriter out) {
        out.int64(value.first());
        out.int32(value.count());
    }

    @Override
    public ProducerIdBlock decodeValue(WireReader in) throws MalformedException {
        return new ProducerIdBlock(in.int64(), in.int32());
    }
}
