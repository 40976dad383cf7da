package io.millrace.broker.cluster;

import io.millrace.broker.controller.ShardImage;
import io.millrace.v1.GreetRequest;
import io.millrace.v1.GreetResponse;

/** Answers greetings: who this broker is, and where its cluster is. Thread-safe; does not block. */
public final class Greeter {

    private final Introduction self;
    private final LeaderDirectory leaders;
    private final AddressBook addresses;

    public Greeter(Introduction self, LeaderDirectory leaders, AddressBook addresses) {
        this.self = self;
        this.leaders = leaders;
        this.addresses = addresses;
    }

    /** The answer, whoever asks: it may not be known yet who that is. */
    public GreetResponse answer(GreetRequest request) {
        GreetResponse.Builder answer = GreetResponse.newBuilder().setPeer(self.get());
        if (self.get().getClusterId().isEmpty()) {
            return answer.build();
        }
        return answer.setControllerLeader(leaders.leader(ShardImage.CONTROLLER).nodeId())
                .addAllBrokers(addresses.told())
                .build();
    }
}
