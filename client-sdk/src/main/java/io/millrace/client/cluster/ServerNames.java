package io.millrace.client.cluster;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The addresses behind the names that a user gave: a name that resolves to several counts as that
 * many brokers, each tried by itself. Names are looked up in the background, again after 30 s;
 * until an answer comes a name stands for itself. Thread-safe; never blocks.
 */
final class ServerNames {
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** Looks names up. */
    @FunctionalInterface
    interface Resolver {
        /** The addresses of a host; may block. */
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    private final List<String> given;
    private final Resolver resolver;
    private final Executor background;
    private final LongSupplier nanoTime;
    private final Map<String, List<String>> resolved = new HashMap<>();
    private boolean resolving;
    private boolean everResolved;
    private long resolvedAt;

    ServerNames(List<String> given, Resolver resolver, Executor background, LongSupplier nanoTime) {
        this.given = List.copyOf(given);
        this.resolver = resolver;
        this.background = background;
        this.nanoTime = nanoTime;
    }

    /** All addresses known now, host:port each. */
    List<String> addresses() {
        boolean due;
        Set<String> addresses = new LinkedHashSet<>();
        synchronized (this) {
            due = !resolving && (!everResolved || nanoTime.getAsLong() - resolvedAt >= FRESH_NANOS);
            resolving |= due;
            given.forEach(it -> addresses.addAll(resolved.getOrDefault(it, List.of(it))));
        }
        if (due) {
            background.execute(this::resolveAll);
        }
        return new ArrayList<>(addresses);
    }

    private void resolveAll() {
        Map<String, List<String>> found = new HashMap<>();
        for (String address : given) {
            int colon = address.lastIndexOf(':');
            try {
                List<String> several =
                        expand(
                                resolver.resolve(unbracketed(address.substring(0, colon))),
                                address.substring(colon));
                if (several.size() > 1) {
                    found.put(address, several);
                }
            } catch (UnknownHostException e) {
                // It stands for itself: whoever connects to it gets this failure and tells.
            }
        }
        synchronized (this) {
            resolved.clear();
            resolved.putAll(found);
            resolving = false;
            everResolved = true;
            resolvedAt = nanoTime.getAsLong();
        }
    }

    /** The loopback's addresses are one broker, not several. */
    private static List<String> expand(InetAddress[] all, String port) {
        return Arrays.stream(all)
                .filter(it -> !it.isLoopbackAddress())
                .map(
                        it -> {
                            String host = it.getHostAddress();
                            return (host.contains(":") ? "[" + host + "]" : host) + port;
                        })
                .distinct()
                .toList();
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
