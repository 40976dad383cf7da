package io.millrace.perf.driver;

import org.junit.jupiter.api.AfterAll;

class MemoryDriverTest extends DriverContract {
    private static final MemoryDriver DRIVER = new MemoryDriver();

    @AfterAll
    static void close() {
        DRIVER.close();
    }

    @Override
    protected Driver driver() {
        return DRIVER;
    }
}
