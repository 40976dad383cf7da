package io.millrace.broker.group;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What a fair and calm assignor may do, worked out in another way than the assignors do. */
final class FairShare {

    /** Partitions by the ids of the members that follow them. */
    private final Map<Set<String>, List<PartitionKey>> pools = new LinkedHashMap<>();

    private final GroupState group;

    FairShare(GroupState group) {
        this.group = group;
        for (GroupTopic topic : group.topics().values()) {
            Set<String> followers = new TreeSet<>();
            for (Member member : group.members().values()) {
                if (member.subscription().matches(topic.name())) {
                    followers.add(member.memberId());
                }
            }
            if (!followers.isEmpty()) {
                List<PartitionKey> pool =
                        pools.computeIfAbsent(followers, who -> new ArrayList<>());
                for (int i = 0; i < topic.partitionCount(); i++) {
                    pool.add(new PartitionKey(topic.topicId(), i));
                }
            }
        }
    }

    /** All partitions that anybody follows. */
    Set<PartitionKey> followed() {
        Set<PartitionKey> followed = new TreeSet<>();
        pools.values().forEach(followed::addAll);
        return followed;
    }

    /** Who is a whole partition away from its share by weight; empty: nobody. */
    List<String> unfair() {
        List<String> unfair = new ArrayList<>();
        pools.forEach(
                (who, partitions) -> {
                    Map<String, Integer> shares = new HashMap<>();
                    partitions.forEach(
                            one -> shares.merge(group.owners().get(one).target(), 1, Integer::sum));
                    long total = who.stream().mapToLong(this::weight).sum();
                    for (String id : who) {
                        long exact = partitions.size() * weight(id);
                        long has = shares.getOrDefault(id, 0) * total;
                        if (Math.abs(has - exact) >= total) {
                            unfair.add(id + " has " + has + " of " + exact + " in " + partitions);
                        }
                    }
                });
        return unfair;
    }

    /** How many partitions must be taken from those who have them for good, as things were. */
    int leastRevocations(GroupState before) {
        int least = 0;
        for (Map.Entry<Set<String>, List<PartitionKey>> pool : pools.entrySet()) {
            Map<String, Integer> held = new HashMap<>();
            for (PartitionKey partition : pool.getValue()) {
                Ownership owner = before.owners().get(partition);
                if (owner != null && !owner.isRevoking() && isStill(owner)) {
                    held.merge(owner.memberId(), 1, Integer::sum);
                }
            }
            least += leastRevocations(pool.getKey(), pool.getValue().size(), held);
        }
        return least;
    }

    private int leastRevocations(Set<String> who, int count, Map<String, Integer> held) {
        long total = who.stream().mapToLong(this::weight).sum();
        long left = count;
        int surplus = 0;
        int mayKeepOne = 0;
        for (String id : who) {
            long even = count * weight(id) / total;
            left -= even;
            long over = held.getOrDefault(id, 0) - even;
            if (over > 0) {
                surplus += (int) over;
                mayKeepOne += count * weight(id) % total == 0 ? 0 : 1;
            }
        }
        return surplus - (int) Math.min(left, mayKeepOne);
    }

    private boolean isStill(Ownership owner) {
        return group.isPresent(new MemberStay(owner.memberId(), owner.memberEpoch()));
    }

    private long weight(String memberId) {
        return group.members().get(memberId).joining().weight();
    }
}
