package io.millrace.protocol.batch;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Records of all shapes, from a seed. */
final class RandomRecords {
    private final Random random;

    RandomRecords(Random random) {
        this.random = random;
    }

    List<Record> records(int count) {
        List<Record> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(record());
        }
        return records;
    }

    private Record record() {
        long timestampMs =
                switch (random.nextInt(10)) {
                    case 0 -> 0;
                    case 1 -> Long.MAX_VALUE;
                    case 2 -> random.nextLong() >>> 1;
                    default -> 1_700_000_000_000L + random.nextInt(1_000_000);
                };
        List<Header> headers = new ArrayList<>();
        for (int i = random.nextInt(10) < 7 ? 0 : random.nextInt(5); i > 0; i--) {
            headers.add(
                    new Header("h" + "ä€\uD83D\uDE00".substring(0, random.nextInt(3)), bytes()));
        }
        return new Record(timestampMs, bytes(), bytes(), headers);
    }

    private byte[] bytes() {
        int size =
                switch (random.nextInt(20)) {
                    case 0 -> -1;
                    case 1 -> 0;
                    case 2 -> 126 + random.nextInt(4);
                    case 3 -> random.nextInt(20_000);
                    default -> random.nextInt(100);
                };
        if (size < 0) {
            return null;
        }
        byte[] bytes = new byte[size];
        if (random.nextBoolean()) {
            random.nextBytes(bytes);
        }
        return bytes;
    }
}
