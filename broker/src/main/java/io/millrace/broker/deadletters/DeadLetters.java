package io.millrace.broker.deadletters;

import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.serving.LocalPartitions;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.DeadLetterName;
import io.millrace.v1.DropDeadLettersRequest;
import io.millrace.v1.DropDeadLettersResponse;
import io.millrace.v1.ListDeadLettersRequest;
import io.millrace.v1.ListDeadLettersResponse;
import io.millrace.v1.RedriveDeadLettersRequest;
import io.millrace.v1.RedriveDeadLettersResponse;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Lists dead letters of groups, has them delivered again, and drops them, wherever they are.
 * Thread-safe; no method blocks. Every future fails with a MillraceException.
 */
public final class DeadLetters {

    private static final int MAX_NAMED = 1_000;
    private static final int MAX_PAGE = 1_000;
    private static final int DEFAULT_PAGE = 100;

    private final Groups groups;
    private final DeadLetterTopics topics;
    private final LocalPartitions partitions;
    private final LocalDeadLetters local;
    private final Redirects redirects;
    private final RemoteDeadLetters remote;

    DeadLetters(
            Groups groups,
            DeadLetterTopics topics,
            LocalPartitions partitions,
            LocalDeadLetters local,
            Redirects redirects,
            RemoteDeadLetters remote) {
        this.groups = groups;
        this.topics = topics;
        this.partitions = partitions;
        this.local = local;
        this.redirects = redirects;
        this.remote = remote;
    }

    /**
     * A page of dead letters: of everything that was given up before the call.
     *
     * @param forwarded whether another broker asks: nobody else is asked then
     */
    public CompletableFuture<ListDeadLettersResponse> list(
            ListDeadLettersRequest request, boolean forwarded) {
        int size = pageSize(request.getPageSize());
        PageToken begin = PageToken.parse(request.getPageToken());
        GroupImage group = groups.queueGroup(request.getGroup());
        Optional<TopicImage> topic = topics.find(group.name());
        if (topic.isEmpty()) {
            return CompletableFuture.completedFuture(ListDeadLettersResponse.getDefaultInstance());
        }
        SortedMap<Integer, CompletableFuture<ListDeadLettersResponse>> pages = new TreeMap<>();
        for (int number : numbers(topic.get(), request.getPartitionsList())) {
            // Of partitions before the page only the total is wanted.
            long from =
                    number < begin.partition()
                            ? Long.MAX_VALUE
                            : number == begin.partition() ? begin.offset() : 0;
            String address = elsewhere(topic.get(), number, forwarded);
            pages.put(
                    number,
                    address.isEmpty()
                            ? local.list(group, topic.get(), number, from, size)
                            : remote.list(
                                    address,
                                    request.toBuilder()
                                            .setPageSize(size)
                                            .setPageToken(PageToken.of(number, from))
                                            .clearPartitions()
                                            .addPartitions(number)
                                            .build()));
        }
        return all(pages.values()).thenApply(done -> PageMerge.merge(pages, size));
    }

    /** Delivers dead letters again. */
    public CompletableFuture<RedriveDeadLettersResponse> redrive(
            RedriveDeadLettersRequest request, boolean forwarded) {
        return work(
                        request.getGroup(),
                        request.getDeadLettersList(),
                        request.getPartitionsList(),
                        forwarded,
                        part ->
                                local.redrive(
                                        part.group(),
                                        part.topic(),
                                        part.number(),
                                        part.offsets(),
                                        request.getValidateOnly()),
                        (address, part) ->
                                remote.redrive(
                                                address,
                                                request.toBuilder()
                                                        .clearDeadLetters()
                                                        .addAllDeadLetters(part.names())
                                                        .clearPartitions()
                                                        .addPartitions(part.number())
                                                        .build())
                                        .thenApply(DeadLetters::outcome))
                .thenApply(
                        outcome ->
                                RedriveDeadLettersResponse.newBuilder()
                                        .setCount(outcome.count())
                                        .addAllRefused(outcome.refused())
                                        .setRefusedInAll(outcome.refusedInAll())
                                        .setRemaining(outcome.remaining())
                                        .build());
    }

    /** Settles dead letters for good. */
    public CompletableFuture<DropDeadLettersResponse> drop(
            DropDeadLettersRequest request, boolean forwarded) {
        return work(
                        request.getGroup(),
                        request.getDeadLettersList(),
                        request.getPartitionsList(),
                        forwarded,
                        part ->
                                local.drop(
                                        part.group(),
                                        part.topic(),
                                        part.number(),
                                        part.offsets(),
                                        request.getValidateOnly()),
                        (address, part) ->
                                remote.drop(
                                                address,
                                                request.toBuilder()
                                                        .clearDeadLetters()
                                                        .addAllDeadLetters(part.names())
                                                        .clearPartitions()
                                                        .addPartitions(part.number())
                                                        .build())
                                        .thenApply(DeadLetters::outcome))
                .thenApply(
                        outcome ->
                                DropDeadLettersResponse.newBuilder()
                                        .setCount(outcome.count())
                                        .addAllRefused(outcome.refused())
                                        .setRefusedInAll(outcome.refusedInAll())
                                        .setRemaining(outcome.remaining())
                                        .build());
    }

    /**
     * What is to be done in one partition.
     *
     * @param offsets none: all
     */
    private record Part(GroupImage group, TopicImage topic, int number, SortedSet<Long> offsets) {

        List<DeadLetterName> names() {
            return offsets.stream()
                    .map(
                            offset ->
                                    DeadLetterName.newBuilder()
                                            .setPartition(number)
                                            .setOffset(offset)
                                            .build())
                    .toList();
        }
    }

    private CompletableFuture<Outcome> work(
            String groupName,
            List<DeadLetterName> names,
            List<Integer> numbers,
            boolean forwarded,
            Function<Part, CompletableFuture<Outcome>> here,
            BiFunction<String, Part, CompletableFuture<Outcome>> there) {
        if (names.size() > MAX_NAMED) {
            throw MillraceException.of(
                            ErrorCode.INVALID_ARGUMENT,
                            "%d dead letters are named, at most %d are allowed; name none for all"
                                    .formatted(names.size(), MAX_NAMED))
                    .with("field", "dead_letters");
        }
        GroupImage group = groups.queueGroup(groupName);
        Optional<TopicImage> topic = topics.find(groupName);
        if (topic.isEmpty()) {
            return names.isEmpty()
                    ? CompletableFuture.completedFuture(Outcome.NOTHING)
                    : CompletableFuture.failedFuture(noTopic(groupName));
        }
        Map<Integer, SortedSet<Long>> wanted = new TreeMap<>();
        for (DeadLetterName name : names) {
            LocalPartitions.checkNumber(topic.get(), name.getPartition());
            wanted.computeIfAbsent(name.getPartition(), first -> new TreeSet<>())
                    .add(name.getOffset());
        }
        if (names.isEmpty()) {
            numbers(topic.get(), numbers).forEach(number -> wanted.put(number, new TreeSet<>()));
        }
        List<CompletableFuture<Outcome>> parts =
                wanted.entrySet().stream()
                        .map(
                                entry -> {
                                    int number = entry.getKey();
                                    Part part =
                                            new Part(group, topic.get(), number, entry.getValue());
                                    String address = elsewhere(topic.get(), number, forwarded);
                                    return address.isEmpty()
                                            ? here.apply(part)
                                            : there.apply(address, part);
                                })
                        .toList();
        return all(parts)
                .thenApply(
                        done ->
                                parts.stream()
                                        .map(CompletableFuture::join)
                                        .reduce(Outcome.NOTHING, Outcome::and));
    }

    /** Who leads a partition, if it is another broker and may be asked; else empty. */
    private String elsewhere(TopicImage topic, int number, boolean forwarded) {
        int shard = topic.partitions().get(number).shard();
        if (partitions.leads(shard)) {
            return "";
        }
        String address = forwarded ? "" : redirects.leaderAddress(shard);
        if (address.isEmpty()) {
            throw redirects.notLeading(topic.name() + "/" + number, shard);
        }
        return address;
    }

    private static SortedSet<Integer> numbers(TopicImage topic, List<Integer> named) {
        named.forEach(number -> LocalPartitions.checkNumber(topic, number));
        return new TreeSet<>(
                named.isEmpty()
                        ? IntStream.range(0, topic.partitions().size()).boxed().toList()
                        : named);
    }

    private static int pageSize(int asked) {
        if (asked < 0 || asked > MAX_PAGE) {
            throw MillraceException.of(
                            ErrorCode.INVALID_ARGUMENT,
                            "page_size is %s; at most %d is allowed"
                                    .formatted(Integer.toUnsignedString(asked), MAX_PAGE))
                    .with("field", "page_size");
        }
        return asked == 0 ? DEFAULT_PAGE : asked;
    }

    private static MillraceException noTopic(String group) {
        return MillraceException.of(
                        ErrorCode.UNKNOWN_TOPIC,
                        "group \"%s\" has no dead letters: there is no topic \"%s\""
                                .formatted(group, GroupImage.deadLetterTopic(group)))
                .with("topic", GroupImage.deadLetterTopic(group));
    }

    private static Outcome outcome(RedriveDeadLettersResponse response) {
        return new Outcome(
                response.getCount(),
                response.getRefusedList(),
                response.getRefusedInAll(),
                response.getRemaining());
    }

    private static Outcome outcome(DropDeadLettersResponse response) {
        return new Outcome(
                response.getCount(),
                response.getRefusedList(),
                response.getRefusedInAll(),
                response.getRemaining());
    }

    private static CompletableFuture<Void> all(Collection<? extends CompletableFuture<?>> parts) {
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .exceptionallyCompose(
                        failure -> CompletableFuture.failedFuture(Failures.known(failure)));
    }
}
