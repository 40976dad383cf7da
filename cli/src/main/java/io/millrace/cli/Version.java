package io.millrace.cli;

import io.millrace.protocol.ProductVersion;
import picocli.CommandLine.IVersionProvider;

/** What --version prints. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"millrace " + ProductVersion.CURRENT};
    }
}
