package io.millrace.tests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TidinessTest {

    private static SourceTree project;
    private static Tidiness product;

    @TempDir Path directory;

    @BeforeAll
    static void walk() throws IOException {
        project = SourceTree.ofThisProject();
        product = new Tidiness(project);
    }

    @Test
    void shouldSeeTheProject() {
        assertThat(project.endingIn(".java")).hasSizeGreaterThan(50);
        assertThat(project.endingIn(".proto")).hasSizeGreaterThanOrEqualTo(5);
        assertThat(project.endingIn(".md")).hasSizeGreaterThan(5);
        assertThat(project.files()).noneMatch(file -> file.toString().contains("target/"));
    }

    @Test
    void shouldCarryItsLicence() throws IOException {
        assertThat(project.text(Path.of("LICENSE"))).contains("Apache License", "Version 2.0");
    }

    @Test
    void shouldKeepFilesReadable() throws IOException {
        assertThat(product.longFiles()).isEmpty();
        assertThat(product.bigFiles()).isEmpty();

        write("A.java", "x\n".repeat(Tidiness.MAX_LINES));
        write("B.java", "x\n".repeat(Tidiness.MAX_LINES + 1));
        Files.write(directory.resolve("big.bin"), new byte[(int) Tidiness.MAX_FILE_BYTES + 1]);

        assertThat(offender().longFiles()).containsExactly("B.java: 501 lines, at most 500");
        assertThat(offender().bigFiles()).containsExactly("big.bin: larger than 1 MiB");
    }

    @Test
    void shouldLeaveNothingUnfinished() throws IOException {
        assertThat(product.leftOvers()).isEmpty();

        write("A.java", "int a;\n// TO" + "DO: later\n// autoTO" + "DOs are fine\n");
        write("page.md", "FIX" + "ME\n");

        assertThat(offender().leftOvers())
                .containsExactly("A.java:2: // TO" + "DO: later", "page.md:1: FIX" + "ME");
    }

    @Test
    void shouldWaitForThingsAndNotForTime() throws IOException {
        assertThat(product.sleeps()).isEmpty();

        write("A.java", "  Thread.sl" + "eep(5);\n");

        assertThat(offender().sleeps()).containsExactly("A.java:1: Thread.sl" + "eep(5);");
    }

    @Test
    void shouldDescribeEveryPackage() throws IOException {
        assertThat(product.undescribedPackages()).isEmpty();

        write("m/src/main/java/a/A.java", "");
        write("m/src/main/java/b/B.java", "");
        write("m/src/main/java/b/package-info.java", "");
        write("m/src/test/java/c/C.java", "");

        assertThat(offender().undescribedPackages())
                .containsExactly("m/src/main/java/a: no package-info.java");
    }

    @Test
    void shouldLinkToWhatIsThere() throws IOException {
        assertThat(product.brokenLinks()).isEmpty();

        write("docs/there.md", "# One, two & three\n");
        write(
                "docs/page.md",
                """
                [good](there.md) [good](there.md#one-two--three) [good](https://example.org/x)
                [up](../docs/there.md) [here](#a-heading)
                ## A heading
                ```
                [code](nowhere.md)
                ```
                [bad](gone.md) [bad](there.md#four) [outside](../../etc/passwd) [bad](#none)
                """);

        assertThat(offender().brokenLinks())
                .containsExactly(
                        "docs/page.md: gone.md",
                        "docs/page.md: there.md#four",
                        "docs/page.md: ../../etc/passwd",
                        "docs/page.md: #none");
    }

    @Test
    void shouldLeadToEveryPage() throws IOException {
        assertThat(product.orphanPages()).isEmpty();

        write("README.md", "[docs](docs/README.md)\n");
        write("docs/README.md", "[there](there.md#part)\n");
        write("docs/there.md", "# Part\n");
        write("docs/orphan.md", "[itself](orphan.md)\n");

        assertThat(offender().orphanPages())
                .containsExactly("docs/orphan.md: no page leads to it; name it in docs/README.md");
    }

    @Test
    void shouldExplainEveryPartOfTheContract() throws IOException {
        assertThat(product.uncommentedProtos()).isEmpty();

        write(
                "a.proto",
                """
                syntax = "proto3";
                option java_multiple_files = true;
                // Fine.
                message Fine {
                  oneof which {
                    // Fine.
                    bool fine = 1;
                    bool bad = 2;
                  }
                  repeated string bad_too = 3;
                  // Fine.
                  map<string, string> fine_too = 4;
                  reserved 5;
                }

                enum Bad {
                  BAD_UNSPECIFIED = 0;
                }
                // Fine.
                service Fine {
                  rpc Bad(Fine) returns (Fine);
                }
                """);

        assertThat(offender().uncommentedProtos())
                .containsExactly(
                        "a.proto:8: bool bad = 2;",
                        "a.proto:10: repeated string bad_too = 3;",
                        "a.proto:16: enum Bad {",
                        "a.proto:17: BAD_UNSPECIFIED = 0;",
                        "a.proto:21: rpc Bad(Fine) returns (Fine);");
    }

    @Test
    void shouldLeaveOutWhatBuildsLeaveBehind() throws IOException {
        write("m/target/A.java", "");
        write("examples/node_modules/a.js", "");
        write("m/A.java", "");

        assertThat(SourceTree.of(directory).files()).isEqualTo(List.of(Path.of("m/A.java")));
    }

    private Tidiness offender() throws IOException {
        return new Tidiness(SourceTree.of(directory));
    }

    private void write(String file, String text) throws IOException {
        Path path = directory.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
