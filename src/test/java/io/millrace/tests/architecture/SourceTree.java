package io.millrace.tests.architecture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The files of the project, without what builds and runs leave behind.
 *
 * @param root the top directory
 * @param files paths relative to it, sorted
 */
record SourceTree(Path root, List<Path> files) {

    private static final Set<String> NOT_OURS =
            Set.of(".git", ".idea", ".vscode", "target", "node_modules", "millrace-data");

    /** The project that the tests run in: upwards from here to the directory that has .mvn. */
    static SourceTree ofThisProject() throws IOException {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve(".mvn"))) {
            directory = directory.getParent();
            if (directory == null) {
                throw new IOException(
                        "no directory with .mvn above " + Path.of("").toAbsolutePath());
            }
        }
        return of(directory);
    }

    static SourceTree of(Path root) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes seen) {
                        return NOT_OURS.contains(path.getFileName().toString())
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path path, BasicFileAttributes seen) {
                        if (seen.isRegularFile()) {
                            files.add(root.relativize(path));
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        files.sort(null);
        return new SourceTree(root, List.copyOf(files));
    }

    /** The files whose names end in one of these. */
    List<Path> endingIn(String... endings) {
        return files.stream()
                .filter(file -> List.of(endings).stream().anyMatch(file.toString()::endsWith))
                .toList();
    }

    String text(Path file) throws IOException {
        return Files.readString(root.resolve(file), StandardCharsets.UTF_8);
    }

    boolean has(Path fileOrDirectory) {
        return Files.exists(root.resolve(fileOrDirectory));
    }

    long size(Path file) throws IOException {
        return Files.size(root.resolve(file));
    }
}
