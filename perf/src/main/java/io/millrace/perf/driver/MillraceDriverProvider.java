package io.millrace.perf.driver;

/** The driver of this product. */
public final class MillraceDriverProvider implements DriverProvider {
    @Override
    public String name() {
        return "millrace";
    }

    @Override
    public Driver connect(String bootstrap) {
        return MillraceDriver.connect(bootstrap);
    }
}
