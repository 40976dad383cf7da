package io.millrace.tests.architecture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What must not be in any file, and what must. Each check names every place that breaks it. */
final class Tidiness {

    static final int MAX_LINES = 500;
    static final long MAX_FILE_BYTES = 1L << 20;

    private static final String[] SOURCES = {".java", ".js", ".proto", ".sh"};

    // Put together, so that this file does not break its own rules.
    private static final Pattern LEFT_OVER =
            Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    private static final Pattern SLEEP = Pattern.compile("\\bThread\\s*\\.\\s*sl" + "eep\\s*\\(");

    private final SourceTree tree;

    Tidiness(SourceTree tree) {
        this.tree = tree;
    }

    /** Sources that are longer than anybody reads. */
    List<String> longFiles() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : tree.endingIn(SOURCES)) {
            long lines = tree.text(file).lines().count();
            if (lines > MAX_LINES) {
                found.add("%s: %d lines, at most %d".formatted(file, lines, MAX_LINES));
            }
        }
        return found;
    }

    /** Files that make every clone slow. */
    List<String> bigFiles() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : tree.files()) {
            if (tree.size(file) > MAX_FILE_BYTES) {
                found.add(file + ": larger than 1 MiB");
            }
        }
        return found;
    }

    /** Notes of unfinished work. */
    List<String> leftOvers() throws IOException {
        return matches(LEFT_OVER, ".java", ".js", ".proto", ".sh", ".md", ".xml", ".yml", ".yaml");
    }

    /** Waiting for time to pass instead of for something to happen. */
    List<String> sleeps() throws IOException {
        return matches(SLEEP, ".java");
    }

    /** Packages of main code that do not say what they are for. */
    List<String> undescribedPackages() {
        Set<String> found = new TreeSet<>();
        for (Path file : tree.endingIn(".java")) {
            boolean main = file.toString().replace('\\', '/').contains("src/main/java/");
            if (main && !tree.has(file.resolveSibling("package-info.java"))) {
                found.add(file.getParent() + ": no package-info.java");
            }
        }
        return List.copyOf(found);
    }

    /** Links in pages that lead nowhere within the project. */
    List<String> brokenLinks() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path page : tree.endingIn(".md")) {
            found.addAll(new PageLinks(tree, page).broken());
        }
        return found;
    }

    /** Pages of the documentation that no other page leads to. */
    List<String> orphanPages() throws IOException {
        Set<Path> linked = new HashSet<>();
        for (Path page : tree.endingIn(".md")) {
            new PageLinks(tree, page)
                    .files().stream().filter(file -> !file.equals(page)).forEach(linked::add);
        }
        return tree.endingIn(".md").stream()
                .filter(page -> page.startsWith("docs") && !linked.contains(page))
                .map(page -> page + ": no page leads to it; name it in docs/README.md")
                .toList();
    }

    /** Parts of the public contract without a comment. */
    List<String> uncommentedProtos() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : tree.endingIn(".proto")) {
            found.addAll(ProtoComments.missing(file, tree.text(file)));
        }
        return found;
    }

    private List<String> matches(Pattern pattern, String... endings) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : tree.endingIn(endings)) {
            List<String> lines = tree.text(file).lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                if (pattern.matcher(lines.get(i)).find()) {
                    found.add("%s:%d: %s".formatted(file, i + 1, lines.get(i).strip()));
                }
            }
        }
        return found;
    }
}
