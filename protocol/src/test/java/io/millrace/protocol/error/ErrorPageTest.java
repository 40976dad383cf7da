package io.millrace.protocol.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Keeps docs/reference/errors.md equal to the list; -Dmillrace.docs.write=true writes it. */
class ErrorPageTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "errors.md");

    @Test
    void shouldBeTheGeneratedPage() throws IOException {
        String page = generate();
        if (Boolean.getBoolean("millrace.docs.write")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE).hasContent(page);
    }

    private static String generate() {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        for (ErrorCode code : ErrorCode.values()) {
            page.append("\n## ").append(code.name()).append("\n\n");
            page.append(code.meaning()).append("\n\n");
            page.append("- Number ").append(code.number());
            page.append(", gRPC status `").append(code.status()).append("`");
            page.append(", retry `").append(code.retry()).append("`");
            page.append(", outcome `").append(code.outcome()).append("`\n");
            page.append("- Where it comes from: ").append(code.cause()).append('\n');
            page.append("- What to do: ").append(code.remedy()).append('\n');
        }
        return page.toString();
    }

    private static final String INTRODUCTION =
            """
            # Errors

            This page is generated from `ErrorCode.java`; a test keeps the two equal.

            A failed call or a broken stream carries a gRPC status with a `google.rpc.ErrorInfo`
            (`reason` is the name below, `domain` is `millrace.io`) and a `millrace.v1.ErrorDetail`; a
            batch that fails inside a healthy stream carries the `ErrorDetail` alone. Names and numbers
            are stable. Retry class and outcome are those of the code; a failure may name others, and
            then those hold.

            | retry | what the client should do |
            |---|---|
            | `NEVER` | nothing: the same request fails again until somebody changes it, the topic or the cluster |
            | `SAME` | send the same request again to the same broker |
            | `REFRESH` | fetch the cluster map, then send the same request to the leader found there |
            | `RESTART` | start the stream or the operation anew |

            | outcome | what is known of a write |
            |---|---|
            | `NONE` | the request was no write |
            | `NOT_APPLIED` | certainly not applied, and never will be |
            | `UNKNOWN` | it may have been applied, or may be later; sending the same producer sequence again is safe |
            """;
}
