package io.millrace.perf.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** Makes the driver of one system; found through the service loader. */
public interface DriverProvider {
    /** The system, as specifications name it. */
    String name();

    /**
     * A driver of one cluster.
     *
     * @param bootstrap the brokers to ask first, host:port with commas between
     */
    Driver connect(String bootstrap);

    /**
     * The provider with a name.
     *
     * @throws IllegalArgumentException naming those that there are
     */
    static DriverProvider named(String name) {
        List<String> names = new ArrayList<>();
        for (DriverProvider provider : ServiceLoader.load(DriverProvider.class)) {
            if (provider.name().equals(name)) {
                return provider;
            }
            names.add(provider.name());
        }
        throw new IllegalArgumentException(
                "system is \"%s\"; on this class path are drivers for: %s"
                        .formatted(name, String.join(", ", names)));
    }
}
