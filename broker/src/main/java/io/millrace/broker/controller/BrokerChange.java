package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;

/** A command that changes one broker, and yields it as it is then. */
public sealed interface BrokerChange extends ControllerCommand<BrokerImage>
        permits RegisterBroker, ChangeBroker, BrokerFilled {

    @Override
    default void encodeValue(BrokerImage value, WireWriter out) {
        value.encode(out);
    }

    @Override
    default BrokerImage decodeValue(WireReader in) throws MalformedException {
        return BrokerImage.decode(in);
    }
}
