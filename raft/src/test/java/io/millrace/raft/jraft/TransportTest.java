package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.rpc.RaftRpcFactory;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.util.Endpoint;
import com.alipay.sofa.jraft.util.RpcFactoryHelper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** jraft's own transport takes commands from anyone; none of it may run. */
@Timeout(60)
final class TransportTest {

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "com.caucho.hessian.io.Hessian2Input",
                "com.alipay.hessian.NameBlackListFilter",
                "io.netty.bootstrap.ServerBootstrap",
                "org.rocksdb.RocksDB"
            })
    void shouldDoWithoutTheLibrariesOfJraftsTransportAndLog(String name) {
        assertThatThrownBy(() -> Class.forName(name)).isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void shouldRunWithoutBoltAndWithoutAPort() throws Exception {
        Set<String> before = listening();
        try (Bench bench = Bench.real(directory)) {
            assertThat(Bench.propose(bench.create(0, new LineMachine()), "x")).isEqualTo("applied");

            assertThat(RpcFactoryHelper.rpcFactory()).isInstanceOf(ReplicaRpcFactory.class);
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(thread -> thread.getName().toLowerCase(java.util.Locale.ROOT))
                    .noneMatch(name -> name.contains("bolt") || name.contains("netty"))
                    .noneMatch(name -> name.contains("cli-rpc"));
            assertThat(listening()).isEqualTo(before);
        }
    }

    /** The sockets on which this process listens, by inode. */
    private static Set<String> listening() throws IOException {
        Path tcp = Path.of("/proc/self/net/tcp");
        assumeThat(tcp).exists();
        List<String> lines = new ArrayList<>(Files.readAllLines(tcp));
        Path tcp6 = Path.of("/proc/self/net/tcp6");
        if (Files.exists(tcp6)) {
            lines.addAll(Files.readAllLines(tcp6));
        }
        Set<String> own = new HashSet<>();
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : open.toList()) {
                if (Files.isSymbolicLink(descriptor)) {
                    own.add(Files.readSymbolicLink(descriptor).toString());
                }
            }
        }
        Set<String> listening = new HashSet<>();
        for (String line : lines) {
            String[] columns = line.trim().split("\\s+");
            boolean listens = columns.length > 9 && columns[3].equals("0A");
            if (listens && own.contains("socket:[" + columns[9] + "]")) {
                listening.add(columns[9]);
            }
        }
        return listening;
    }

    @Test
    void shouldSayThatItReachesNoOne() {
        RaftRpcFactory factory = new ReplicaRpcFactory();
        RpcClient client = new SoloLinks().client();
        Endpoint peer = new Endpoint("node", 2);

        assertThat(client.checkConnection(peer, true)).isFalse();
        assertThatThrownBy(() -> client.invokeSync(peer, "request", 1_000))
                .isInstanceOf(RemotingException.class)
                .hasMessageContaining("node:2 cannot be reached");
        assertThatThrownBy(() -> client.invokeAsync(peer, "request", null, 1_000))
                .isInstanceOf(RemotingException.class);
        assertThatThrownBy(() -> factory.createRpcServer(peer))
                .isInstanceOf(UnsupportedOperationException.class);
    }
}
