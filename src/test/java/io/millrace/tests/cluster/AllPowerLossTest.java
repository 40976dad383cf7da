package io.millrace.tests.cluster;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tests.history.Verdict;
import io.millrace.tests.processes.LoopDisk;
import io.millrace.tests.processes.Seed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * All brokers lose their power at once, and no acknowledged record is lost. Their write-ahead logs
 * go through the page cache and past it in turns: what is written past it is in the disk's file at
 * once, forced or not.
 */
@EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
@EnabledIfSystemProperty(named = "millrace.test.long", matches = "true")
@Timeout(value = 20, unit = MINUTES)
class AllPowerLossTest {

    private static final int CUTS = 6;
    private static final int DISK_MIB = 512;

    /** ext4 forces nothing of its own accord for as long as the test lasts. */
    private static final String LAZY = "commit=300";

    @RegisterExtension final Clusters clusters = new Clusters();

    private final Random random = Seed.random("AllPowerLossTest");
    private final List<LoopDisk> disks = new ArrayList<>();

    @TempDir Path directory;

    @Test
    void shouldKeepWhatWasAcknowledgedWhenAllLoseTheirPower() throws Exception {
        Map<String, String> settings = TestCluster.small();
        settings.put("wal.direct-io", "false");
        TestCluster cluster = clusters.prepare(directory, 3, settings);
        try {
            for (ClusterBroker broker : cluster.brokers()) {
                Path place = directory.resolve("power-" + broker.node());
                Files.createDirectories(place);
                LoopDisk disk = LoopDisk.create(place, DISK_MIB, LAZY);
                disks.add(disk);
                broker.dataIn(disk.path().resolve("data"));
            }
            cluster.startAll();
            cluster.awaitWhole();
            try (FaultRun run = FaultRun.begin(cluster, "all-power", Scale.rate(), random)) {
                for (int cut = 0; cut < CUTS; cut++) {
                    run.awaitAcknowledged(Scale.rate() * 2L + random.nextInt(Scale.rate()));
                    run.fault();
                    cutPower(cluster, cut);
                    cluster.startAll();
                    cluster.awaitLeaders();
                }
                cluster.awaitWhole();
                run.healed();
                run.awaitAcknowledged(1_000);

                Verdict verdict = run.finish();

                assertThat(verdict.isClean()).as("%s", verdict).isTrue();
            }
        } finally {
            cluster.close();
            disks.forEach(LoopDisk::close);
        }
    }

    private void cutPower(TestCluster cluster, int cut) throws Exception {
        for (ClusterBroker broker : cluster.brokers()) {
            broker.kill();
        }
        for (ClusterBroker broker : cluster.brokers()) {
            int index = broker.node() - 1;
            LoopDisk before = disks.get(index);
            LoopDisk after =
                    before.afterPowerCut(
                            directory.resolve("power-%d-%d".formatted(broker.node(), cut)), LAZY);
            before.close();
            Files.delete(before.image());
            disks.set(index, after);
            broker.dataIn(after.path().resolve("data"));
            broker.set("wal.direct-io", Boolean.toString(cut % 2 == 0));
        }
    }
}
