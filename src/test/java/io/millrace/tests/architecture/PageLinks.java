package io.millrace.tests.architecture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The links of one Markdown page to files of the project and to headings in them.
 *
 * @param tree the project
 * @param page the page, relative to its root
 */
record PageLinks(SourceTree tree, Path page) {

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("^#{1,6}\\s+(.*?)\\s*#*$");
    private static final Pattern ELSEWHERE = Pattern.compile("^[a-z][a-z0-9+.-]*:.*");

    List<String> broken() throws IOException {
        List<String> found = new ArrayList<>();
        for (String target : targets()) {
            if (!leadsSomewhere(target)) {
                found.add(page + ": " + target);
            }
        }
        return found;
    }

    /** The files that it leads to, relative to the root. */
    List<Path> files() throws IOException {
        return targets().stream()
                .map(target -> target.replaceFirst("#.*", ""))
                .filter(file -> !file.isEmpty())
                .map(file -> page.resolveSibling(file).normalize())
                .toList();
    }

    private List<String> targets() throws IOException {
        List<String> found = new ArrayList<>();
        for (String line : prose(tree.text(page))) {
            Matcher links = LINK.matcher(line);
            while (links.find()) {
                if (!ELSEWHERE.matcher(links.group(1)).matches()) {
                    found.add(links.group(1));
                }
            }
        }
        return found;
    }

    private boolean leadsSomewhere(String target) throws IOException {
        int hash = target.indexOf('#');
        String file = hash < 0 ? target : target.substring(0, hash);
        Path path = file.isEmpty() ? page : page.resolveSibling(file).normalize();
        if (path.startsWith("..") || path.isAbsolute() || !tree.has(path)) {
            return false;
        }
        if (hash < 0 || !path.toString().endsWith(".md")) {
            return true;
        }
        return headings(tree.text(path)).contains(target.substring(hash + 1));
    }

    /** The names of the headings, as those who render Markdown make them. */
    private static Set<String> headings(String text) {
        Set<String> names = new HashSet<>();
        for (String line : prose(text)) {
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) {
                names.add(
                        heading.group(1)
                                .toLowerCase(Locale.ROOT)
                                .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                                .replace(' ', '-'));
            }
        }
        return names;
    }

    /** The lines outside of code blocks. */
    private static List<String> prose(String text) {
        List<String> prose = new ArrayList<>();
        boolean code = false;
        for (String line : text.lines().toList()) {
            if (line.stripLeading().startsWith("```")) {
                code = !code;
            } else if (!code) {
                prose.add(line);
            }
        }
        return prose;
    }
}
