package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.admin.Admin;
import io.millrace.client.admin.group.GroupAdmin;
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
        final Admin admin = new PatientAdmin(talking(Admin.class), this::await);
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
        tellsOfCalls(Admin.class, new PatientAdmin(talking(Admin.class), this::await));
        tellsOfCalls(
                GroupAdmin.class, new PatientGroupAdmin(talking(GroupAdmin.class), this::await));
    }

    @Test
    void shouldTellOfCallsAboutGroups() {
        new PatientAdmin(talking(Admin.class), this::await).groups().list();
        assertThat(said).containsExactly("groups", "begin", "list", "end");
    }

    private <T> void tellsOfCalls(final Class<T> type, final T admin) throws Exception {
        for (final Method call : type.getMethods()) {
            if (Modifier.isAbstract(call.getModifiers()) && !leadsOn(call)) {
                said.clear();
                call.invoke(admin, arguments(call));
                assertThat(said).containsExactly("begin", call.getName(), "end");
            }
        }
    }

    /** Whether it asks no broker, but gives what calls are made on. */
    private static boolean leadsOn(final Method call) {
        return call.getName().equals("plan") || call.getName().equals("groups");
    }

    private Runnable await() {
        said.add("begin");
        return () -> said.add("end");
    }

    /** Says what is called, and answers nothing. */
    private <T> T talking(final Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (self, call, arguments) -> {
                            said.add(call.getName());
                            return switch (call.getName()) {
                                case "plan" -> self;
                                case "groups" -> talking(GroupAdmin.class);
                                // A number cannot be null.
                                case "drop" -> 0L;
                                default -> null;
                            };
                        }));
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
