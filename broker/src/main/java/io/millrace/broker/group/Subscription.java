package io.millrace.broker.group;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a member follows: names of topics, and patterns in which {@code *} stands for any number of
 * any characters. Immutable.
 *
 * <p>A pattern matches dead-letter topics only if it ends in {@code .dlq} itself: a group that
 * follows {@code *} must not be fed with what it gave up.
 */
public final class Subscription {

    private static final String DEAD_LETTERS = ".dlq";
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._*-]{1,249}");

    private final List<String> topics;
    private final SortedSet<String> names = new TreeSet<>();
    private final List<String> patterns;
    private final int hash;

    private Subscription(List<String> topics) {
        this.topics = topics;
        this.patterns = topics.stream().filter(topic -> topic.indexOf('*') >= 0).toList();
        names.addAll(topics);
        patterns.forEach(names::remove);
        this.hash = topics.hashCode();
    }

    /** What these names and patterns say, in whatever order and however often. */
    public static Subscription of(List<String> topics) {
        return new Subscription(topics.stream().distinct().sorted().toList());
    }

    /** The names and patterns, sorted. */
    public List<String> topics() {
        return topics;
    }

    /** How many of them are patterns. */
    public int patternCount() {
        return patterns.size();
    }

    /** Whether a topic is meant. Takes time for each pattern, not for each name. */
    public boolean matches(String topic) {
        return names.contains(topic)
                || patterns.stream().anyMatch(pattern -> matches(pattern, topic));
    }

    /** The names and patterns by which a topic is meant. Takes time as {@link #matches}. */
    public List<String> meaning(String topic) {
        List<String> meaning = new ArrayList<>();
        if (names.contains(topic)) {
            meaning.add(topic);
        }
        for (String pattern : patterns) {
            if (matches(pattern, topic)) {
                meaning.add(pattern);
            }
        }
        return meaning;
    }

    /** What is not allowed about it, as a sentence; empty if nothing is wrong. */
    public Optional<String> fault() {
        if (topics.isEmpty() || topics.size() > GroupLimits.MAX_TOPICS_OF_MEMBER) {
            return Optional.of(
                    "topics: %,d names and patterns; follow 1 to %,d"
                            .formatted(topics.size(), GroupLimits.MAX_TOPICS_OF_MEMBER));
        }
        return topics.stream()
                .filter(topic -> !ALLOWED.matcher(topic).matches())
                .findFirst()
                .map(
                        topic ->
                                "topics: \"%s\" is no name of a topic nor a pattern; they match %s"
                                        .formatted(Words.shown(topic), ALLOWED));
    }

    @Override
    public boolean equals(Object other) {
        return other == this
                || other instanceof Subscription subscription
                        && subscription.hash == hash
                        && subscription.topics.equals(topics);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return topics.toString();
    }

    void encode(WireWriter out) {
        out.list(topics, (topic, to) -> to.text(topic));
    }

    static Subscription decode(WireReader in) throws MalformedException {
        return of(in.list(WireReader::text));
    }

    /** Goes back to the last star only, so that no pattern takes more than length times length. */
    private static boolean matches(String pattern, String topic) {
        if (topic.endsWith(DEAD_LETTERS) && !pattern.endsWith(DEAD_LETTERS)) {
            return false;
        }
        int at = 0;
        int star = -1;
        int starAt = 0;
        for (int i = 0; i < topic.length(); ) {
            if (at < pattern.length() && pattern.charAt(at) == '*') {
                star = at++;
                starAt = i;
            } else if (at < pattern.length() && pattern.charAt(at) == topic.charAt(i)) {
                at++;
                i++;
            } else if (star >= 0) {
                at = star + 1;
                i = ++starAt;
            } else {
                return false;
            }
        }
        while (at < pattern.length() && pattern.charAt(at) == '*') {
            at++;
        }
        return at == pattern.length();
    }
}
