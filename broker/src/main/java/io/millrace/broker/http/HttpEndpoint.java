package io.millrace.broker.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.broker.health.BrokerHealth;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code /metrics}, {@code /healthz} and {@code /readyz}.
 *
 * <p>Bounded: {@value #THREADS} threads, {@value #MAX_CONNECTIONS} connections, {@value
 * #REQUEST_SECONDS} s to send a request and {@value #RESPONSE_SECONDS} s to take the answer;
 * request bodies are not read.
 */
public final class HttpEndpoint implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(HttpEndpoint.class);

    private static final int THREADS = 4;
    private static final int BACKLOG = 50;
    private static final int MAX_CONNECTIONS = 200;
    private static final int REQUEST_SECONDS = 10;
    private static final int RESPONSE_SECONDS = 30;

    static {
        // The JDK's server takes its limits from system properties only, once, and has none for
        // time and connections by itself. Whoever sets them on the command line is heard.
        setDefault("sun.net.httpserver.maxReqTime", REQUEST_SECONDS);
        setDefault("sun.net.httpserver.maxRspTime", RESPONSE_SECONDS);
        setDefault("jdk.httpserver.maxConnections", MAX_CONNECTIONS);
    }

    private final HttpServer server;
    private final ExecutorService threads;
    private final Map<String, Page> pages;

    private HttpEndpoint(HttpServer server, Map<String, Page> pages) {
        this.server = server;
        this.pages = pages;
        AtomicInteger number = new AtomicInteger();
        ThreadFactory factory =
                task -> {
                    Thread thread = new Thread(task, "http-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                };
        // Its queue is bounded by the number of connections: each has one request at a time.
        this.threads = Executors.newFixedThreadPool(THREADS, factory);
    }

    /**
     * Binds and serves.
     *
     * @param host the name or address to listen on
     * @param port 0 to 65,535; 0: a free one, see {@link #port()}
     * @throws IOException if the address cannot be had; the message names it and the way out
     */
    public static HttpEndpoint start(
            String host, int port, CollectorRegistry registry, BrokerHealth health)
            throws IOException {
        Map<String, Page> pages = new TreeMap<>();
        pages.put("/metrics", new MetricsPage(registry));
        pages.put("/healthz", accept -> HealthPages.alive(health));
        pages.put("/readyz", accept -> HealthPages.ready(health));

        HttpEndpoint endpoint = new HttpEndpoint(bind(host, port), pages);
        endpoint.server.setExecutor(endpoint.threads);
        endpoint.server.createContext("/", endpoint::serve);
        endpoint.server.start();
        return endpoint;
    }

    /** The port that is listened on. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** Stops at once; answers under way are cut off. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static HttpServer bind(String host, int port) throws IOException {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IOException(
                    "cannot listen for HTTP on %s:%d: the host name is unknown; give an address of this machine"
                            .formatted(host, port));
        }
        try {
            return HttpServer.create(address, BACKLOG);
        } catch (SocketException e) {
            throw new IOException(
                    "cannot listen for HTTP on %s:%d: %s; choose another address or port (0: a free one), or stop the process that has it"
                            .formatted(host, port, e.getMessage()),
                    e);
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer = answer(exchange);
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", answer.contentType());
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(answer.status(), head ? -1 : body.length);
            if (!head) {
                try (OutputStream out = exchange.getResponseBody()) {
                    out.write(body);
                }
            }
        }
    }

    private Answer answer(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        Page page = pages.get(path);
        if (page == null) {
            return Answer.text(404, "Not found. There are: " + String.join(" ", pages.keySet()));
        }
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            return Answer.text(405, "Only GET and HEAD are allowed here.");
        }
        try {
            return page.answer(exchange.getRequestHeaders().getFirst("Accept"));
        } catch (IOException | RuntimeException e) {
            // One page that fails must not look like a dead process.
            log.warn("HTTP page {} failed", path, e);
            return Answer.text(500, "Internal error; the broker's log has the details.");
        }
    }

    private static void setDefault(String property, int value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, Integer.toString(value));
        }
    }

    /** What is served under one path. */
    interface Page {

        /**
         * @param accept the request's Accept header, or null
         */
        Answer answer(String accept) throws IOException;
    }

    /** One HTTP answer. */
    record Answer(int status, String contentType, String body) {

        static Answer text(int status, String line) {
            return new Answer(status, "text/plain; charset=utf-8", line + "\n");
        }
    }
}
