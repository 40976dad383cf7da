package io.millrace.client.membership;

import io.millrace.client.record.Bounds;
import io.millrace.protocol.GroupName;
import io.millrace.v1.GroupMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Internal. Collects who joins what, for the builders of all kinds of members; checks what users
 * give. Not thread-safe.
 */
public final class MemberSpec {
    private static final int MAX_TOPICS = 1_000;
    private static final int MAX_WEIGHT = 1_000;
    private static final int MAX_RACK_LENGTH = 100;
    private static final Duration MIN_LEASE = Duration.ofSeconds(1);
    private static final Duration MAX_LEASE = Duration.ofMinutes(5);
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,100}");
    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._*-]{1,249}");

    private final String group;
    private final GroupMode mode;
    private final List<String> topics = new ArrayList<>();
    private String instanceId = "";
    private String rack = "";
    private int weight;
    private int leaseMs;

    /**
     * @param mode the group's if the join creates it
     * @throws IllegalArgumentException if no group can have this name
     */
    public MemberSpec(String group, GroupMode mode) {
        this.group = GroupName.check(group);
        this.mode = mode;
    }

    /** Adds names, or patterns in which * stands for any characters; 1,000 at most in all. */
    public void addTopics(String... names) {
        for (String name : names) {
            if (!TOPIC.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "a topic or pattern matches " + TOPIC.pattern() + "; this one does not");
            }
            topics.add(name);
        }
        Bounds.check("the number of topics", topics.size(), 0, MAX_TOPICS);
    }

    /** How long the member may be silent; 1 s to 5 min, unset: as the group has it. */
    public void setLease(Duration time) {
        leaseMs = (int) Bounds.check("lease", time, MIN_LEASE, MAX_LEASE).toMillis();
    }

    /** A name that survives restarts: [A-Za-z0-9._-]{1,100}; unset: none. */
    public void setInstanceId(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("instanceId must match " + ID.pattern());
        }
        instanceId = id;
    }

    /** How much it takes compared with others; 1 to 1,000, unset: the default. */
    public void setWeight(int share) {
        weight = (int) Bounds.check("weight", share, 1, MAX_WEIGHT);
    }

    /** Where it runs, at most 100 characters. */
    public void setRack(String name) {
        Bounds.check("the length of rack", name.length(), 0, MAX_RACK_LENGTH);
        rack = name;
    }

    /**
     * A member that nobody is yet: each call names another one.
     *
     * @throws IllegalArgumentException if no topic was named
     */
    public MemberTerms newMember() {
        if (topics.isEmpty()) {
            throw new IllegalArgumentException("name a topic to follow");
        }
        String memberId = UUID.randomUUID().toString();
        return new MemberTerms(group, memberId, instanceId, topics, weight, rack, leaseMs, mode);
    }
}
