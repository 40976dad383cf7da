package io.millrace.cli.subscribe;

import io.millrace.client.subscribe.ReceivedRecord;
import java.io.IOException;
import java.io.OutputStream;

/** Puts records into bytes for stdout. */
@FunctionalInterface
interface RecordPrinter {
    /** Prints one record; the stream is buffered. */
    void print(ReceivedRecord record, OutputStream out) throws IOException;
}
