package io.millrace.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of Millrace that this is, as the build wrote it into the jar. */
public final class ProductVersion {

    /** Such as 0.1.0. */
    public static final String CURRENT = read();

    private ProductVersion() {}

    private static String read() {
        Properties properties = new Properties();
        try (InputStream in = ProductVersion.class.getResourceAsStream("version.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("the jar's version cannot be read", e);
        }
        return properties.getProperty("version");
    }
}
