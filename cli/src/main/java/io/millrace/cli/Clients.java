package io.millrace.cli;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.Admin;
import java.time.Duration;
import java.util.function.Function;

/** Makes clients. Tests answer admin calls themselves. */
interface Clients {
    /** A new client; does not connect yet. */
    MillraceClient connect(ClientSettings settings, Duration requestTimeout);

    /** Runs work with the admin calls of a client of its own. */
    default <T> T withAdmin(
            final ClientSettings settings,
            final Duration requestTimeout,
            final Function<Admin, T> work) {
        try (MillraceClient client = connect(settings, requestTimeout)) {
            return work.apply(client.admin());
        }
    }
}
