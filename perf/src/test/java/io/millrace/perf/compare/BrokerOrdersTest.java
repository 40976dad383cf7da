package io.millrace.perf.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.perf.compare.cluster.BrokerControl;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BrokerOrdersTest {
    private final List<String> done = new ArrayList<>();
    private final BrokerOrders orders = new BrokerOrders(new Hands());

    @Test
    void shouldDoWhatTheLoadAsksFor() throws Exception {
        assertThat(orders.any()).isFalse();
        orders.carryOut("KILL 3");
        orders.carryOut("RESTART 3");
        orders.restartAll();

        assertThat(done).containsExactly("kill 3", "restart 3");
        assertThat(orders.any()).isTrue();
    }

    @Test
    void shouldStartWhatWasLeftDead() throws Exception {
        orders.carryOut("KILL 1");
        orders.restartAll();
        orders.restartAll();

        assertThat(done).containsExactly("kill 1", "restart 1");
    }

    @Test
    void shouldNotLetBrokersThatWereLeftDeadWaitForEachOther() throws Exception {
        orders.carryOut("KILL 1");
        orders.carryOut("KILL 2");
        orders.restartAll();

        assertThat(done).containsExactly("kill 1", "kill 2", "launch");
    }

    @Test
    void shouldLaunchAllThatAreDeadAtOnce() throws Exception {
        orders.carryOut("KILL 1");
        orders.carryOut("KILL 3");
        orders.carryOut("WIPE 3");
        orders.carryOut("LAUNCH");
        orders.restartAll();

        assertThat(done).containsExactly("kill 1", "kill 3", "wipe 3", "launch");
    }

    @Test
    void shouldKnowAnOrder() {
        assertThat(BrokerOrders.isOne("RESTART 2")).isTrue();
        for (String line : List.of("DONE", "KILL", "KILL 4", "KILL 12", "killed 1", " KILL 1")) {
            assertThat(BrokerOrders.isOne(line)).as(line).isFalse();
        }
        assertThatThrownBy(() -> orders.carryOut("KILL 4"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"KILL 4\" is no order");
        assertThat(done).isEmpty();
    }

    private final class Hands implements BrokerControl {
        @Override
        public void kill(int node) {
            done.add("kill " + node);
        }

        @Override
        public void restart(int node) {
            done.add("restart " + node);
        }

        @Override
        public void wipe(int node) {
            done.add("wipe " + node);
        }

        @Override
        public void launchKilled() {
            done.add("launch");
        }
    }
}
