package io.millrace.tests.architecture.offenders.broker;

import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.function.LongSupplier;

/** Breaks: time and chance come from outside; by calls and by a reference. */
public final class ReadsTheClock {

    LongSupplier reference = System::nanoTime;
    long wall = System.currentTimeMillis();
    Instant now = Instant.now();
    Random chance = new Random();

    Random allowedWithASeed = new Random(7);

    Instant allowedWithAClock(Clock clock) {
        return Instant.now(clock);
    }
}
