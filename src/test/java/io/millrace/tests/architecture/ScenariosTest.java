package io.millrace.tests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page of scenarios names tests; they must be there. */
class ScenariosTest {

    private static final Path PAGE = Path.of("docs/internals/scenarios.md");
    private static final Pattern NAMED =
            Pattern.compile("`([A-Z][A-Za-z]*(?:Test|Contract))(?:\\.(should[A-Za-z0-9]+))?`");

    @Test
    void shouldNameOnlyTestsThatAreThere() throws IOException {
        SourceTree project = SourceTree.ofThisProject();
        List<String> missing = new ArrayList<>();
        for (MatchResult named : named(project.text(PAGE))) {
            if (!isThere(project, named.group(1), named.group(2))) {
                missing.add(named.group());
            }
        }
        assertThat(missing).isEmpty();
        assertThat(isThere(project, "ScenariosTest", "should" + "NotBeHere")).isFalse();
        assertThat(isThere(project, "NoSuch" + "Test", null)).isFalse();
    }

    @Test
    void shouldHaveATestForEveryScenario() throws IOException {
        String page = SourceTree.ofThisProject().text(PAGE);
        for (String scenario : scenarios()) {
            assertThat(page.lines().filter(line -> line.startsWith("| " + scenario)))
                    .as(scenario)
                    .isNotEmpty()
                    .allMatch(line -> !named(line).isEmpty());
        }
    }

    private static List<String> scenarios() {
        List<String> scenarios = new ArrayList<>();
        for (int n = 1; n <= 10; n++) {
            scenarios.add("S" + n);
        }
        for (int n = 1; n <= 8; n++) {
            scenarios.add("L" + n + ".");
        }
        return scenarios;
    }

    private static List<MatchResult> named(String text) {
        return NAMED.matcher(text).results().toList();
    }

    /** Several modules may have a class of that name. */
    private static boolean isThere(SourceTree project, String type, String method)
            throws IOException {
        for (Path file : project.endingIn(".java")) {
            if (file.getFileName().toString().equals(type + ".java")
                    && (method == null || project.text(file).contains("void " + method + "("))) {
                return true;
            }
        }
        return false;
    }
}
