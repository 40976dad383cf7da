package io.millrace.broker.group;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives each member its share of a pool by weight, to within one partition, and takes from a member
 * only what is beyond its share. Who has more keeps more where shares do not come out even.
 *
 * <p>With racks, members in a rack that has a replica of a partition come first; then a partition
 * that is far from its owner moves as well, if a near member has room. Never beyond the shares.
 */
final class BalancedAssignor implements Assignor {

    private static final Comparator<Slot> KEPT_FIRST =
            Comparator.comparing((Slot slot) -> !slot.isNear(slot.holder))
                    .thenComparing(slot -> slot.rank)
                    .thenComparing(slot -> slot.partition);

    private final boolean byRack;

    BalancedAssignor(boolean byRack) {
        this.byRack = byRack;
    }

    @Override
    public void assign(Pool pool) {
        setRacks(pool);
        Map<Seat, List<Slot>> held = held(pool);
        setRooms(pool);
        for (List<Slot> ofOne : held.values()) {
            ofOne.sort(KEPT_FIRST);
            ofOne.stream()
                    .filter(slot -> slot.isNear(slot.holder))
                    .forEach(slot -> slot.giveIfRoom(slot.holder));
        }
        giveToAwaiting(pool, true);
        giveToNear(pool);
        held.values().forEach(ofOne -> ofOne.forEach(slot -> slot.giveIfRoom(slot.holder)));
        giveToAwaiting(pool, false);
        giveInTurn(pool);
    }

    /** Racks without a member are good for nothing: then all members are equal. */
    private void setRacks(Pool pool) {
        if (byRack) {
            Map<String, Boolean> inhabited = new HashMap<>();
            pool.seats().forEach(seat -> inhabited.put(seat.rack(), true));
            for (Slot slot : pool.slots()) {
                slot.racks =
                        slot.topic.racksOf(slot.partition.partition()).stream()
                                .filter(rack -> !rack.isEmpty() && inhabited.containsKey(rack))
                                .toList();
            }
        }
    }

    /** What each member has, and how many each has and awaits. */
    private static Map<Seat, List<Slot>> held(Pool pool) {
        for (Seat seat : pool.seats()) {
            seat.held = 0;
            seat.awaited = 0;
        }
        Map<Seat, List<Slot>> held = new LinkedHashMap<>();
        Map<Seat, Slot> latest = new HashMap<>();
        for (Slot slot : pool.slots()) {
            if (slot.holder != null) {
                Slot before = latest.put(slot.holder, slot);
                slot.rank = before == null || before.topic != slot.topic ? 0 : before.rank + 1;
                slot.holder.held++;
                held.computeIfAbsent(slot.holder, seat -> new ArrayList<>()).add(slot);
            } else if (slot.awaiting != null) {
                slot.awaiting.awaited++;
            }
        }
        return held;
    }

    private static void setRooms(Pool pool) {
        long total = pool.totalWeight();
        long count = pool.slots().size();
        long left = count;
        List<Seat> uneven = new ArrayList<>();
        for (Seat seat : pool.seats()) {
            seat.room = (int) (count * seat.weight() / total);
            left -= seat.room;
            if (count * seat.weight() % total > 0) {
                uneven.add(seat);
            }
        }
        if (left > 0) {
            uneven.sort(oneMoreFirst(count, total));
            uneven.subList(0, (int) left).forEach(seat -> seat.room++);
        }
    }

    /**
     * Who gets one more than its even share: where that moves least, then where most is missing.
     */
    private static Comparator<Seat> oneMoreFirst(long count, long total) {
        Comparator<Seat> leastTaken =
                (one, other) ->
                        Long.compare(
                                (long) one.taken * other.weight(),
                                (long) other.taken * one.weight());
        return Comparator.comparing((Seat seat) -> seat.held <= seat.room)
                .thenComparing(seat -> seat.held + seat.awaited <= seat.room)
                .thenComparing(leastTaken)
                .thenComparing(seat -> -(count * seat.weight() % total));
    }

    private static void giveToAwaiting(Pool pool, boolean ifNear) {
        for (Slot slot : pool.slots()) {
            if (slot.awaiting != null && !(ifNear && !slot.isNear(slot.awaiting))) {
                slot.giveIfRoom(slot.awaiting);
            }
        }
    }

    private static void giveToNear(Pool pool) {
        if (pool.slots().stream().allMatch(slot -> slot.racks.isEmpty())) {
            return;
        }
        Map<String, Deque<Seat>> byRack = new HashMap<>();
        for (Seat seat : pool.seats()) {
            byRack.computeIfAbsent(seat.rack(), rack -> new ArrayDeque<>()).add(seat);
        }
        for (Slot slot : pool.slots()) {
            for (String rack : slot.racks) {
                giveInTurn(slot, byRack.get(rack));
            }
        }
    }

    private static void giveInTurn(Pool pool) {
        Deque<Seat> turn = new ArrayDeque<>(pool.seats());
        pool.slots().forEach(slot -> giveInTurn(slot, turn));
    }

    /** Gives a partition to the next who has room; those who have none do not come again. */
    private static void giveInTurn(Slot slot, Deque<Seat> turn) {
        while (slot.given == null && !turn.isEmpty()) {
            Seat seat = turn.poll();
            if (seat.room > 0) {
                slot.giveIfRoom(seat);
                turn.add(seat);
            }
        }
    }
}
