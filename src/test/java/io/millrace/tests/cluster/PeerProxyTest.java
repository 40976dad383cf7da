package io.millrace.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.tests.processes.BrokerPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Links can be cut in one direction, and nothing is lost when they are healed. */
@Timeout(30)
class PeerProxyTest {

    private static final int CLIENT = 1;
    private static final int SERVER = 2;
    private static final int SOON_MS = 200;

    private final Links links = new Links();
    private ServerSocket target;
    private PeerProxy proxy;

    @BeforeEach
    void open() throws IOException {
        target = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        proxy =
                PeerProxy.open(
                        SERVER,
                        BrokerPort.free(),
                        target.getLocalPort(),
                        links,
                        (port, proxyPort) -> CLIENT);
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        target.close();
    }

    private Socket connect() throws IOException {
        int port = Integer.parseInt(proxy.address().split(":")[1]);
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    @Test
    void shouldHoldBackOneDirectionOnly() throws IOException {
        try (Socket client = connect();
                Socket server = target.accept()) {
            pass(client, server, 1);
            links.cut(CLIENT, SERVER);

            client.getOutputStream().write(2);
            server.setSoTimeout(SOON_MS);
            assertThatThrownBy(() -> server.getInputStream().read())
                    .isInstanceOf(SocketTimeoutException.class);
            pass(server, client, 3);

            links.heal();
            server.setSoTimeout(0);
            assertThat(server.getInputStream().read()).isEqualTo(2);
        }
    }

    @Test
    void shouldNotConnectThroughACutLink() throws IOException {
        links.cut(CLIENT, SERVER);
        target.setSoTimeout(SOON_MS);
        try (Socket client = connect()) {
            assertThatThrownBy(() -> target.accept()).isInstanceOf(SocketTimeoutException.class);

            links.heal();
            target.setSoTimeout(0);
            try (Socket server = target.accept()) {
                pass(client, server, 1);
            }
        }
    }

    @Test
    void shouldEndBothSidesWhenOneEnds() throws IOException {
        try (Socket client = connect();
                Socket server = target.accept()) {
            server.shutdownOutput();

            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void shouldKnowWhoseConnectionItIs() throws IOException {
        List<Long> candidates = List.of(1_999_999_999L, ProcessHandle.current().pid());
        int port;
        int proxyPort;
        try (Socket client = connect();
                Socket server = target.accept()) {
            port = client.getLocalPort();
            proxyPort = client.getPort();
            assertThat(SocketOwner.find(server.getPort(), server.getLocalPort(), candidates))
                    .isEqualTo(ProcessHandle.current().pid());
            assertThatThrownBy(() -> SocketOwner.find(port, proxyPort, List.of()))
                    .hasMessageContaining("nobody knows whose connection");
        }
        assertThat(SocketOwner.find(port, proxyPort, candidates)).isEqualTo(SocketOwner.GONE);
    }

    @Test
    void shouldFailLoudlyWhenAConnectionIsNobodys() throws IOException {
        int port = BrokerPort.free();
        PeerProxy.Owner nobody =
                (from, to) -> {
                    throw new IOException("nobody has port " + from);
                };
        PeerProxy strict = PeerProxy.open(SERVER, port, target.getLocalPort(), links, nobody);
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            assertThat(client.getInputStream().read()).isEqualTo(-1);

            assertThatThrownBy(() -> links.part(CLIENT, SERVER))
                    .hasMessageContaining("nobody has port");
            assertThatThrownBy(links::check).hasMessageContaining("links cannot be cut");
        } finally {
            strict.close();
        }
    }

    @Test
    void shouldCountWhatPasses() throws IOException {
        try (Socket client = connect();
                Socket server = target.accept()) {
            pass(client, server, 1);
            links.cut(CLIENT, SERVER);
            client.getOutputStream().write(2);
            pass(server, client, 3);

            assertThat(links.passed(CLIENT, SERVER)).isEqualTo(1);
            assertThat(links.passed(SERVER, CLIENT)).isEqualTo(1);
        }
    }

    private static void pass(Socket from, Socket to, int what) throws IOException {
        from.getOutputStream().write(what);
        assertThat(to.getInputStream().read()).isEqualTo(what);
    }
}
