package io.millrace.cli;

import io.millrace.protocol.error.MillraceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Puts a failure into one sentence for a person. */
final class Failure {
    private Failure() {}

    static String sentence(final Throwable e) {
        if (e instanceof MillraceException && isRefusedConnection(e)) {
            return e.getMessage()
                    + "; is a broker running there? 'millrace standalone' starts one, --server names"
                    + " another";
        }
        if (e instanceof CommandException || e instanceof MillraceException) {
            return e.getMessage();
        }
        if (e instanceof UncheckedIOException) {
            return sentence(e.getCause());
        }
        if (e instanceof NoSuchFileException missing) {
            return "there is no file " + missing.getFile();
        }
        if (e instanceof AccessDeniedException denied) {
            return "no permission for " + denied.getFile();
        }
        if (e instanceof FileSystemException file) {
            return file.getFile() + ": " + file.getReason();
        }
        if (e instanceof IOException) {
            return e.getMessage();
        }
        return "a bug: " + e + "; run it again with --debug and report what it shows";
    }

    private static boolean isRefusedConnection(final Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
                return true;
            }
        }
        return false;
    }
}
