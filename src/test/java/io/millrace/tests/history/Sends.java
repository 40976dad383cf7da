package io.millrace.tests.history;

import java.util.Arrays;

/** What was sent to one partition, in columns. */
final class Sends {

    static final byte OPEN = 0;
    static final byte ACKNOWLEDGED = 1;
    static final byte REFUSED = 2;
    static final byte UNKNOWN = 3;
    static final long NOWHERE = -1;

    private static final int FIRST_CAPACITY = 1_024;

    /** Per producer: the first counter, and by counter less that one, the send's number plus 1. */
    private long[] base = new long[16];

    private int[][] numbers = new int[16][];
    private int size;
    long[] value = new long[FIRST_CAPACITY];
    long[] invoked = new long[FIRST_CAPACITY];
    long[] answered = new long[FIRST_CAPACITY];
    byte[] outcome = new byte[FIRST_CAPACITY];
    int[] batch = new int[FIRST_CAPACITY];

    /** Where it was acknowledged. */
    long[] acknowledgedAt = new long[FIRST_CAPACITY];

    /** Where it lies, as far as was read. */
    long[] storedAt = new long[FIRST_CAPACITY];

    /** The highest offset of the partition that was acknowledged when it was sent. */
    long[] acknowledgedBefore = new long[FIRST_CAPACITY];

    long[] identity = new long[FIRST_CAPACITY];
    int[] sequence = new int[FIRST_CAPACITY];

    int size() {
        return size;
    }

    /** The number of the send of a value; -1 if there was none. */
    int find(long wanted) {
        int producer = Value.producer(wanted);
        if (producer < 0 || producer >= numbers.length || numbers[producer] == null) {
            return -1;
        }
        long index = Value.counter(wanted) - base[producer];
        return index < 0 || index >= numbers[producer].length
                ? -1
                : numbers[producer][(int) index] - 1;
    }

    /** Enters a send. */
    void add(long sent, long time, int batchNumber, long highestAcknowledged) {
        grow();
        index(sent);
        value[size] = sent;
        invoked[size] = time;
        batch[size] = batchNumber;
        acknowledgedBefore[size] = highestAcknowledged;
        acknowledgedAt[size] = NOWHERE;
        storedAt[size] = NOWHERE;
        identity[size] = NOWHERE;
        size++;
    }

    private void index(long sent) {
        int producer = Value.producer(sent);
        if (producer >= numbers.length) {
            int length = Math.max(producer + 1, numbers.length * 2);
            numbers = Arrays.copyOf(numbers, length);
            base = Arrays.copyOf(base, length);
        }
        long counter = Value.counter(sent);
        if (numbers[producer] == null) {
            numbers[producer] = new int[FIRST_CAPACITY];
            base[producer] = counter;
        }
        long index = counter - base[producer];
        if (index < 0) {
            throw new IllegalArgumentException(
                    "%s was sent after later ones of its producer".formatted(Value.text(sent)));
        }
        if (index >= numbers[producer].length) {
            int length = (int) Math.max(index + 1, numbers[producer].length * 2L);
            numbers[producer] = Arrays.copyOf(numbers[producer], length);
        }
        if (numbers[producer][(int) index] != 0) {
            throw new IllegalArgumentException(Value.text(sent) + " was sent twice");
        }
        numbers[producer][(int) index] = size + 1;
    }

    private void grow() {
        if (size < value.length) {
            return;
        }
        int capacity = size * 2;
        value = Arrays.copyOf(value, capacity);
        invoked = Arrays.copyOf(invoked, capacity);
        answered = Arrays.copyOf(answered, capacity);
        outcome = Arrays.copyOf(outcome, capacity);
        batch = Arrays.copyOf(batch, capacity);
        acknowledgedAt = Arrays.copyOf(acknowledgedAt, capacity);
        storedAt = Arrays.copyOf(storedAt, capacity);
        acknowledgedBefore = Arrays.copyOf(acknowledgedBefore, capacity);
        identity = Arrays.copyOf(identity, capacity);
        sequence = Arrays.copyOf(sequence, capacity);
    }
}
