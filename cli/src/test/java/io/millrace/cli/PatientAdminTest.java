package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.admin.Admin;
import io.millrace.protocol.error.MillraceException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PatientAdminTest {
    private final List<String> said = new ArrayList<>();

    @Test
    void shouldTellOfTheWaitDuringACallAndNotBetweenCalls() {
        final Admin admin = new PatientAdmin(talking(), this::await);
        admin.listTopics();
        said.add("work");
        admin.plan().clusterStatus();

        assertThat(said)
                .containsExactly(
                        "begin",
                        "listTopics",
                        "end",
                        "work",
                        "plan",
                        "begin",
                        "clusterStatus",
                        "end");
    }

    @Test
    void shouldTellNoMoreWhenACallHasFailed() {
        final Admin admin = new PatientAdmin(new FakeAdmin(), this::await);
        assertThatThrownBy(() -> admin.describeTopic("nowhere"))
                .isInstanceOf(MillraceException.class);
        assertThat(said).containsExactly("begin", "end");
    }

    @Test
    void shouldTellOfEveryCallThatGoesToABroker() throws Exception {
        final Admin admin = new PatientAdmin(talking(), this::await);
        for (final Method call : Admin.class.getMethods()) {
            if (Modifier.isAbstract(call.getModifiers()) && !call.getName().equals("plan")) {
                said.clear();
                call.invoke(admin, arguments(call));
                assertThat(said).containsExactly("begin", call.getName(), "end");
            }
        }
    }

    private Runnable await() {
        said.add("begin");
        return () -> said.add("end");
    }

    /** Says what is called, and answers nothing. */
    private Admin talking() {
        return (Admin)
                Proxy.newProxyInstance(
                        Admin.class.getClassLoader(),
                        new Class<?>[] {Admin.class},
                        (self, call, arguments) -> {
                            said.add(call.getName());
                            return call.getName().equals("plan") ? self : null;
                        });
    }

    private static Object[] arguments(final Method call) {
        final Object[] arguments = new Object[call.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            final Class<?> type = call.getParameterTypes()[i];
            arguments[i] =
                    type == long.class
                            ? (Object) 1L
                            : type == int.class
                                    ? (Object) 1
                                    : type == boolean.class ? Boolean.FALSE : null;
        }
        return arguments;
    }
}
