package io.millrace.cli.subscribe;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.protocol.batch.Header;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Prints a record as a JSON object on a line of its own. Keys, values and header values that are
 * UTF-8 are text; others stand as base64 in a field of the same name with the ending Base64, so
 * that no byte is lost.
 */
final class JsonLines implements RecordPrinter {
    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .build()
                    .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                    .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);

    @Override
    public void print(final ReceivedRecord record, final OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("topic", record.topic());
            json.writeNumberField("partition", record.partition());
            json.writeNumberField("offset", record.offset());
            json.writeStringField("time", RecordFormat.time(record.timestampMs()));
            write(json, "key", record.key());
            write(json, "value", record.value());
            if (!record.headers().isEmpty()) {
                json.writeArrayFieldStart("headers");
                for (final Header header : record.headers()) {
                    json.writeStartObject();
                    json.writeStringField("name", header.name());
                    write(json, "value", header.value());
                    json.writeEndObject();
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        }
        out.write('\n');
    }

    private static void write(final JsonGenerator json, final String name, final byte[] bytes)
            throws IOException {
        if (bytes == null) {
            json.writeNullField(name);
            return;
        }
        try {
            final String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            json.writeStringField(name, text);
        } catch (final CharacterCodingException e) {
            json.writeBinaryField(name + "Base64", bytes);
        }
    }
}
