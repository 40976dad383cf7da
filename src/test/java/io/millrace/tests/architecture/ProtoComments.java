package io.millrace.tests.architecture;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Finds services, calls, messages, enums, fields and values in .proto files without a comment. */
final class ProtoComments {

    private static final Pattern DECLARATION =
            Pattern.compile("^(service|rpc|message|enum)\\s+\\w+.*");
    private static final Pattern FIELD =
            Pattern.compile(
                    "^(repeated |optional )?(map<[^>]+>|[\\w.]+)\\s+\\w+\\s*=\\s*\\d+.*;.*");
    private static final Pattern VALUE = Pattern.compile("^[A-Z][A-Z0-9_]*\\s*=\\s*\\d+.*;.*");

    private ProtoComments() {}

    static List<String> missing(Path file, String text) {
        List<String> found = new ArrayList<>();
        String before = "";
        int number = 0;
        for (String line : text.lines().map(String::strip).toList()) {
            number++;
            if (needsComment(line) && !before.startsWith("//")) {
                found.add("%s:%d: %s".formatted(file, number, line));
            }
            before = line;
        }
        return found;
    }

    private static boolean needsComment(String line) {
        return DECLARATION.matcher(line).matches()
                || FIELD.matcher(line).matches()
                || VALUE.matcher(line).matches();
    }
}
