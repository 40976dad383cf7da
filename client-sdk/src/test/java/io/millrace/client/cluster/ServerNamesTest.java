package io.millrace.client.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ServerNamesTest {
    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger lookups = new AtomicInteger();

    @Test
    void shouldTakeANameWithSeveralAddressesForSeveralBrokers() {
        ServerNames names = names("cluster.example:7400", "one.example:7401", "gone.example:1");
        assertThat(names.addresses())
                .containsExactly("cluster.example:7400", "one.example:7401", "gone.example:1");
        assertThat(names.addresses())
                .containsExactly(
                        "10.0.0.1:7400",
                        "10.0.0.2:7400",
                        "[fd00:0:0:0:0:0:0:1]:7400",
                        "one.example:7401",
                        "gone.example:1");
    }

    @Test
    void shouldLookNamesUpAgainNowAndThen() {
        ServerNames names = names("cluster.example:7400");
        names.addresses();
        names.addresses();
        assertThat(lookups).hasValue(1);
        now.addAndGet(TimeUnit.SECONDS.toNanos(30));
        names.addresses();
        assertThat(lookups).hasValue(2);
    }

    @Test
    void shouldLeaveTheLoopbackAsItIs() {
        ServerNames names = names("localhost:7400");
        names.addresses();
        assertThat(names.addresses()).containsExactly("localhost:7400");
    }

    private ServerNames names(String... given) {
        return new ServerNames(List.of(given), this::resolve, Runnable::run, now::get);
    }

    private InetAddress[] resolve(String host) throws UnknownHostException {
        lookups.incrementAndGet();
        return switch (host) {
            case "cluster.example" -> all("10.0.0.1", "10.0.0.2", "fd00::1");
            case "one.example" -> all("10.0.0.9");
            case "localhost" -> all("127.0.0.1", "::1");
            default -> throw new UnknownHostException(host);
        };
    }

    private static InetAddress[] all(String... literals) throws UnknownHostException {
        InetAddress[] addresses = new InetAddress[literals.length];
        for (int i = 0; i < literals.length; i++) {
            addresses[i] = InetAddress.getByName(literals[i]);
        }
        return addresses;
    }
}
