package io.millrace.broker.group;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The bytes of a {@link GroupState}. Owners are written as the numbers of members in the order of
 * their ids, and epochs of members once.
 */
final class GroupStateCodec {

    private GroupStateCodec() {}

    static void encode(GroupState group, WireWriter out) {
        out.int64(group.groupId());
        out.text(group.name());
        group.mode().encode(out);
        GroupCommandKind.putConfig(group.config(), out);
        out.int64(group.placementVersion());
        out.int8(group.paused() ? 1 : 0);
        out.int64(group.mapVersion());
        group.counters().encode(out);
        out.list(group.members().values(), Member::encode);
        out.list(group.topics().values(), GroupTopic::encode);
        out.list(
                group.followed().entrySet(),
                (entry, to) -> {
                    to.text(entry.getKey());
                    to.int64(entry.getValue());
                });
        putOwners(group, out);
        out.list(
                group.offsets().entrySet(),
                (entry, to) -> {
                    entry.getKey().encode(to);
                    entry.getValue().encode(to);
                });
        out.list(group.seekLog(), SeekLogEntry::encode);
    }

    static GroupState decode(WireReader in) throws MalformedException {
        long groupId = in.int64();
        String name = in.text();
        GroupMode mode = GroupMode.decode(in);
        GroupConfig config = GroupCommandKind.config(in);
        long placementVersion = in.int64();
        boolean paused = in.int8() != 0;
        long mapVersion = in.int64();
        GroupCounters counters = GroupCounters.decode(in);
        PersistentMap<String, Member> members = PersistentMap.empty();
        Map<Subscription, Subscription> known = new HashMap<>();
        for (Member member : in.list(from -> Member.decode(from).sharing(known))) {
            members = members.with(member.memberId(), member);
        }
        PersistentMap<Long, GroupTopic> topics = PersistentMap.empty();
        for (GroupTopic topic : in.list(GroupTopic::decode)) {
            topics = topics.with(topic.topicId(), topic);
        }
        return new GroupState(
                groupId,
                name,
                mode,
                config,
                placementVersion,
                paused,
                mapVersion,
                counters,
                members,
                topics,
                followed(in),
                owners(new ArrayList<>(members.values()), in),
                offsets(in),
                in.list(SeekLogEntry::decode));
    }

    private static PersistentMap<String, Long> followed(WireReader in) throws MalformedException {
        PersistentMap<String, Long> followed = PersistentMap.empty();
        for (Map.Entry<String, Long> one : in.list(from -> Map.entry(from.text(), from.int64()))) {
            followed = followed.with(one.getKey(), one.getValue());
        }
        return followed;
    }

    private static void putOwners(GroupState group, WireWriter out) {
        Map<String, Integer> numbers = new HashMap<>();
        group.members().keySet().forEach(id -> numbers.put(id, numbers.size()));
        out.list(
                group.owners().entrySet(),
                (entry, to) -> {
                    entry.getKey().encode(to);
                    Ownership owner = entry.getValue();
                    to.int32(numbers.get(owner.memberId()));
                    to.int64(owner.assignmentEpoch());
                    to.int8(owner.isRevoking() ? 1 : 0);
                    to.int32(numbers.get(owner.target()));
                });
    }

    private static PersistentMap<PartitionKey, Ownership> owners(
            List<Member> members, WireReader in) throws MalformedException {
        PersistentMap<PartitionKey, Ownership> owners = PersistentMap.empty();
        for (Map.Entry<PartitionKey, Ownership> one :
                in.list(from -> Map.entry(PartitionKey.decode(from), owner(members, from)))) {
            owners = owners.with(one.getKey(), one.getValue());
        }
        return owners;
    }

    private static Ownership owner(List<Member> members, WireReader in) throws MalformedException {
        Member member = member(members, in.int32());
        Ownership owned = Ownership.owned(member.stay(), in.int64());
        boolean revoking = in.int8() != 0;
        Member target = member(members, in.int32());
        if (!revoking && target != member) {
            throw new MalformedException(
                    "a partition is to last with an owner who is not to have it");
        }
        return revoking ? owned.revokedFor(target.memberId()) : owned;
    }

    private static Member member(List<Member> members, int number) throws MalformedException {
        if (number < 0 || number >= members.size()) {
            throw new MalformedException("no member has the number " + number);
        }
        return members.get(number);
    }

    private static PersistentMap<PartitionKey, CommittedOffset> offsets(WireReader in)
            throws MalformedException {
        PersistentMap<PartitionKey, CommittedOffset> offsets = PersistentMap.empty();
        for (Map.Entry<PartitionKey, CommittedOffset> one :
                in.list(
                        from ->
                                Map.entry(
                                        PartitionKey.decode(from), CommittedOffset.decode(from)))) {
            offsets = offsets.with(one.getKey(), one.getValue());
        }
        return offsets;
    }
}
