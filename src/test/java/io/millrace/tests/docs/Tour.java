package io.millrace.tests.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a page shows in its {@code console} blocks.
 *
 * @param steps the commands, in their order
 */
record Tour(List<Step> steps) {

    private static final String BEGIN = "```console";
    private static final String END = "```";
    private static final String HEADING = "## ";
    private static final String PROMPT = "$ ";

    /** What verbs say when an answer takes more than 3 s, as it may on a busy machine. */
    private static final String PATIENCE = "waiting up to ";

    /**
     * One command.
     *
     * @param command the line behind the prompt
     * @param output what the page shows of its output, line by line
     */
    record Step(String command, List<String> output) {

        /** Whether the command runs until it is killed, in a terminal of its own. */
        boolean runsOn() {
            return command.endsWith(" standalone") || command.contains("/millrace broker ");
        }

        /** Whether the page shows what it says when it serves; others serve later. */
        boolean serves() {
            return !output.isEmpty();
        }
    }

    /**
     * Reads the blocks of one section of a page in Markdown.
     *
     * @param heading the section's, of the second level
     */
    static Tour of(List<String> page, String heading) {
        List<Step> steps = new ArrayList<>();
        boolean inSection = false;
        boolean inside = false;
        for (String line : page) {
            if (!inside && line.startsWith(HEADING)) {
                inSection = line.equals(HEADING + heading);
            }
            if (!inSection) {
                continue;
            }
            if (line.equals(BEGIN)) {
                inside = true;
            } else if (line.equals(END)) {
                inside = false;
            } else if (inside && line.startsWith(PROMPT)) {
                steps.add(new Step(line.substring(PROMPT.length()), new ArrayList<>()));
            } else if (inside) {
                steps.get(steps.size() - 1).output().add(line);
            }
        }
        return new Tour(List.copyOf(steps));
    }

    /** What differs from run to run, and what stands for it. */
    private enum Varying {
        ID("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>"),
        TIME("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", "<time>"),
        /** How records fell into batches. */
        TOPIC_BYTES("^bytes +[0-9]+", "bytes <bytes>"),
        PARTITION_BYTES("^( *([0-9]+ +){5})[0-9]+( +[0-9]+)$", "$1<bytes>$3"),
        /** Who leads what, and how much there is. */
        CONTROLLER("controller led by [0-9]+", "controller led by <node>"),
        BROKER("^( *[0-9]+ +[0-9.:]+ +ACTIVE) +([0-9]+ +){5}", "$1 <numbers> "),
        SHARD(
                "^([0-9]+( \\(controller\\))?) +[0-9] +[0-9,]+ +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+ *$",
                "$1 <numbers>"),
        /** Columns are as wide as what stands in them. */
        SPACES(" +", " ");

        private final Pattern pattern;
        private final String replacement;

        Varying(String pattern, String replacement) {
            this.pattern = Pattern.compile(pattern);
            this.replacement = replacement;
        }

        String replace(String line) {
            return pattern.matcher(line).replaceAll(replacement);
        }
    }

    /**
     * Output as it is to be compared: without what differs from run to run, and with the records of
     * each partition together, since there is no order between partitions.
     */
    static List<String> comparable(List<String> output) {
        return output.stream()
                .filter(line -> !line.startsWith(PATIENCE))
                .map(Tour::comparable)
                .collect(Collectors.groupingBy(Tour::partition))
                .entrySet()
                .stream()
                .sorted(Map.Entry.comparingByKey())
                .flatMap(lines -> lines.getValue().stream())
                .toList();
    }

    private static String comparable(String line) {
        String result = line;
        for (Varying varying : Varying.values()) {
            result = varying.replace(result);
        }
        return result.strip();
    }

    /** "partition 7" of a record's line; empty for all other lines. */
    private static String partition(String line) {
        return line.matches("partition [0-9]+, .*") ? line.substring(0, line.indexOf(',')) : "";
    }
}
