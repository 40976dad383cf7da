package io.millrace.broker.group;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Somebody who wants to be a member. Immutable.
 *
 * @param memberId its id, chosen by the client, [A-Za-z0-9._-]{1,100}
 * @param instanceId a name that survives restarts, [A-Za-z0-9._-]{0,100}; empty: none
 * @param clientName its client's name, at most 200 characters; may be empty
 * @param clientAddress where it comes from, host:port; may be empty
 * @param subscription what it follows
 * @param weight how much it takes compared with others, 1 to 1,000
 * @param rack where it runs, at most 100 characters; may be empty
 * @param leaseMs the lease asked for, in milliseconds, 1,000 to 300,000; 0: the group's
 */
public record Joining(
        String memberId,
        String instanceId,
        String clientName,
        String clientAddress,
        Subscription subscription,
        int weight,
        String rack,
        int leaseMs) {

    /** The weight of those who say nothing. */
    public static final int DEFAULT_WEIGHT = 100;

    private static final int MAX_WEIGHT = 1_000;
    private static final int MAX_CLIENT_NAME = 200;
    private static final int MAX_CLIENT_ADDRESS = 300;
    private static final int MAX_RACK = 100;
    private static final int MIN_LEASE_MS = 1_000;
    private static final int MAX_LEASE_MS = 300_000;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    /** What is not allowed about it, as a sentence; empty if nothing is wrong. */
    public Optional<String> fault() {
        if (!ID.matcher(memberId).matches()) {
            return fault("member_id", memberId, "member ids match " + ID);
        }
        if (isStatic() && !ID.matcher(instanceId).matches()) {
            return fault("instance_id", instanceId, "instance ids match " + ID + " or are empty");
        }
        if (clientName.length() > MAX_CLIENT_NAME) {
            return fault("client_name", clientName, "at most 200 characters are allowed");
        }
        if (clientAddress.length() > MAX_CLIENT_ADDRESS) {
            return fault("client_address", clientAddress, "at most 300 characters are allowed");
        }
        if (weight < 1 || weight > MAX_WEIGHT) {
            return fault("weight", "" + weight, "1 to 1,000 are allowed");
        }
        if (rack.length() > MAX_RACK) {
            return fault("rack", rack, "at most 100 characters are allowed");
        }
        if (leaseMs != 0 && (leaseMs < MIN_LEASE_MS || leaseMs > MAX_LEASE_MS)) {
            return fault("lease_ms", "" + leaseMs, "1,000 to 300,000 are allowed, or 0");
        }
        return subscription.fault();
    }

    /** Whether it has a name that survives restarts. */
    public boolean isStatic() {
        return !instanceId.isEmpty();
    }

    /** The same with another subscription. */
    Joining following(Subscription other) {
        return new Joining(
                memberId, instanceId, clientName, clientAddress, other, weight, rack, leaseMs);
    }

    private static Optional<String> fault(String field, String value, String allowed) {
        return Optional.of("%s: \"%s\"; %s".formatted(field, Words.shown(value), allowed));
    }

    void encode(WireWriter out) {
        out.text(memberId);
        out.text(instanceId);
        out.text(clientName);
        out.text(clientAddress);
        subscription.encode(out);
        out.int32(weight);
        out.text(rack);
        out.int32(leaseMs);
    }

    static Joining decode(WireReader in) throws MalformedException {
        return new Joining(
                in.text(),
                in.text(),
                in.text(),
                in.text(),
                Subscription.decode(in),
                in.int32(),
                in.text(),
                in.int32());
    }
}
