package io.millrace.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;

/** What people get to read when something is wrong. */
public final class Messages {

    private Messages() {}

    /**
     * Checks that a message is one, and not what a programmer would want to see.
     *
     * @return the message
     */
    public static String forPeople(String message) {
        assertThat(message)
                .isNotBlank()
                .doesNotContain("\tat ")
                .doesNotContainPattern("(?m)^Caused by: ")
                .doesNotContainPattern("\\w+\\.\\w+(Exception|Error)\\b")
                .doesNotContain("null");
        return message;
    }
}
