package io.millrace.cli;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.Admin;
import io.millrace.client.choice.ChoicePolicy;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** Makes clients. Tests answer admin calls themselves. */
interface Clients {
    /** A new client; does not connect yet. */
    MillraceClient connect(List<String> servers, Duration requestTimeout, ChoicePolicy balance);

    /** Runs work with the admin calls of a client of its own. */
    default <T> T withAdmin(
            final List<String> servers,
            final Duration requestTimeout,
            final Function<Admin, T> work) {
        try (MillraceClient client =
                connect(servers, requestTimeout, Balance.ADAPTIVE.policy(new Random()))) {
            return work.apply(client.admin());
        }
    }
}
