package io.millrace.cli.subscribe;

import io.millrace.client.admin.Admin;
import io.millrace.client.admin.TopicInfo;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Topics by their names, or by patterns in which * stands for any characters. As for the broker, a
 * pattern means dead-letter topics only if it ends in {@code .dlq} itself.
 *
 * @param names as given
 */
record TopicChoice(List<String> names) {
    private static final String DEAD_LETTERS = ".dlq";

    static boolean isPattern(final String name) {
        return name.indexOf('*') >= 0;
    }

    boolean hasPatterns() {
        return names.stream().anyMatch(TopicChoice::isPattern);
    }

    /**
     * The topics there are now.
     *
     * @throws io.millrace.protocol.error.MillraceException UNKNOWN_TOPIC if one is missing that is
     *     no pattern
     */
    Set<String> existing(final Admin admin) {
        final Set<String> found = new TreeSet<>();
        for (final String name : names) {
            if (!isPattern(name)) {
                found.add(admin.describeTopic(name).topic().name());
            }
        }
        if (hasPatterns()) {
            admin.listTopics().stream()
                    .map(TopicInfo::name)
                    .filter(it -> names.stream().anyMatch(name -> matches(name, it)))
                    .forEach(found::add);
        }
        return found;
    }

    private static boolean matches(final String pattern, final String name) {
        return isPattern(pattern)
                && (pattern.endsWith(DEAD_LETTERS) || !name.endsWith(DEAD_LETTERS))
                && Pattern.matches("\\Q" + pattern.replace("*", "\\E.*\\Q") + "\\E", name);
    }
}
