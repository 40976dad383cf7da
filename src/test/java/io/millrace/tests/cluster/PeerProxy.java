package io.millrace.tests.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands before the peer port of one broker, as the address that the others know, and lets bytes
 * through as {@link Links} says.
 */
final class PeerProxy implements AutoCloseable {

    private static final int BUFFER_BYTES = 64 << 10;

    /** Tells whose connections come in. */
    interface Owner {

        /**
         * The node that a connection comes from; 0: a process of the test that is no broker of the
         * cluster; negative: nobody has it any more.
         *
         * @throws IOException if that is not known
         */
        int find(int port, int proxyPort) throws IOException;
    }

    private final int node;
    private final int targetPort;
    private final Links links;

    private final Owner owner;

    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    private PeerProxy(int node, int targetPort, Links links, Owner owner, ServerSocket server) {
        this.node = node;
        this.targetPort = targetPort;
        this.links = links;
        this.owner = owner;
        this.server = server;
    }

    /** Opens one before the peer port of a node. */
    static PeerProxy open(int node, int port, int targetPort, Links links, Owner owner)
            throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        PeerProxy proxy = new PeerProxy(node, targetPort, links, owner, server);
        start("proxy-" + node, proxy::accept);
        return proxy;
    }

    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket from = server.accept();
                sockets.add(from);
                start("proxy-" + node + "-open", () -> connect(from));
            } catch (IOException e) {
                // Closed; or the other side was gone before it was taken.
            }
        }
    }

    private void connect(Socket from) {
        int peer;
        try {
            peer = owner.find(from.getPort(), from.getLocalPort());
        } catch (IOException | RuntimeException e) {
            // At the end all brokers are killed, and some of them in the middle of this.
            if (!server.isClosed()) {
                links.stranger(e.toString());
            }
            close(from);
            return;
        }
        if (peer < 0) {
            close(from);
            return;
        }
        try {
            // Nobody gets through to a broker that cannot hear him.
            links.awaitOpen(peer, node);
            Socket to = new Socket();
            sockets.add(to);
            to.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort));
            from.setTcpNoDelay(true);
            to.setTcpNoDelay(true);
            start("proxy-" + peer + "-" + node, () -> pump(from, to, peer, node));
            start("proxy-" + node + "-" + peer, () -> pump(to, from, node, peer));
        } catch (IOException e) {
            close(from);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close(from);
        }
    }

    private void pump(Socket from, Socket to, int sender, int receiver) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                links.pass(sender, receiver, read);
                out.write(buffer, 0, read);
            }
            links.awaitOpen(sender, receiver);
        } catch (IOException e) {
            // One side is gone: so is the other.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close(from);
            close(to);
        }
    }

    private void close(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        sockets.forEach(this::close);
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
