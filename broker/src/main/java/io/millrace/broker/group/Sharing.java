package io.millrace.broker.group;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Shares the partitions of a group out among its members: from a draft, into it. */
final class Sharing {

    /** A member that restarts under its instance id keeps its place. */
    private static final Comparator<Seat> BY_NAME =
            Comparator.comparing((Seat seat) -> seat.member.lastingName())
                    .thenComparing(seat -> seat.member.joining().isStatic());

    private final GroupDraft draft;
    private final Map<String, Seat> seats = new HashMap<>();
    private final Map<Subscription, List<Seat>> bySubscription = new LinkedHashMap<>();

    Sharing(GroupDraft draft) {
        this.draft = draft;
        for (Member member : draft.members.values()) {
            List<Seat> alike =
                    bySubscription.computeIfAbsent(
                            member.subscription(), topics -> new ArrayList<>());
            int subscription =
                    alike.isEmpty() ? bySubscription.size() - 1 : alike.get(0).subscription;
            Seat seat = new Seat(member, subscription);
            alike.add(seat);
            seats.put(member.memberId(), seat);
        }
    }

    void share(Assignor assignor) {
        for (Pool pool : pools()) {
            assignor.assign(pool);
            pool.slots().forEach(this::settle);
        }
    }

    private void settle(Slot slot) {
        String target = slot.given.memberId();
        if (slot.present == null) {
            draft.grant(slot.partition, target);
        } else {
            draft.aim(slot.partition, slot.present, target);
        }
    }

    /**
     * The partitions that anybody follows. Those that few follow come first: whoever gets more of
     * these gets less of the others.
     */
    private List<Pool> pools() {
        List<Subscription> subscriptions = List.copyOf(bySubscription.keySet());
        Map<BitSet, Pool> pools = new LinkedHashMap<>();
        for (GroupTopic topic : draft.topics.values()) {
            BitSet followers = new BitSet();
            for (int i = 0; i < subscriptions.size(); i++) {
                followers.set(i, subscriptions.get(i).matches(topic.name()));
            }
            if (!followers.isEmpty()) {
                Pool pool =
                        pools.computeIfAbsent(
                                followers,
                                who -> new Pool(seatsOf(who, subscriptions), new ArrayList<>()));
                addSlots(topic, followers, pool);
            }
        }
        return pools.values().stream()
                .sorted(Comparator.comparing((Pool pool) -> pool.seats().size()))
                .toList();
    }

    private List<Seat> seatsOf(BitSet followers, List<Subscription> subscriptions) {
        List<Seat> all = new ArrayList<>();
        followers.stream().forEach(i -> all.addAll(bySubscription.get(subscriptions.get(i))));
        all.sort(BY_NAME);
        return all;
    }

    private void addSlots(GroupTopic topic, BitSet followers, Pool pool) {
        for (int i = 0; i < topic.partitionCount(); i++) {
            PartitionKey partition = new PartitionKey(topic.topicId(), i);
            Ownership present = draft.owner(partition);
            Slot slot = new Slot(topic, partition, present);
            Seat next = present == null ? null : seats.get(present.target());
            boolean follows = next != null && followers.get(next.subscription);
            if (follows && (present.isRevoking() || draft.isFresh(present))) {
                slot.awaiting = next;
            } else if (follows) {
                slot.holder = next;
            }
            pool.slots().add(slot);
        }
    }
}
