package io.millrace.tests.architecture;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;

/** Reads a clock or draws a random number that nobody handed in; by a call or a reference. */
final class ReadTimeOrChance extends ArchCondition<JavaClass> {

    private static final Set<String> SOURCES =
            Set.of(
                    "java.lang.System.currentTimeMillis",
                    "java.lang.System.nanoTime",
                    "java.lang.Math.random",
                    "java.time.Clock.systemUTC",
                    "java.time.Clock.systemDefaultZone",
                    "java.time.Instant.now",
                    "java.time.LocalDateTime.now",
                    "java.time.ZonedDateTime.now",
                    "java.util.UUID.randomUUID",
                    "java.util.concurrent.ThreadLocalRandom.current");

    private static final Set<String> UNSEEDED =
            Set.of("java.util.Random", "java.util.SplittableRandom", "java.security.SecureRandom");

    ReadTimeOrChance() {
        super("read a clock or a random number that was not handed in");
    }

    @Override
    public void check(JavaClass owner, ConditionEvents events) {
        for (JavaAccess<?> access : owner.getAccessesFromSelf()) {
            if (access instanceof JavaCodeUnitAccess<?> call && isSource(call)) {
                events.add(SimpleConditionEvent.satisfied(owner, call.getDescription()));
            }
        }
    }

    private static boolean isSource(JavaCodeUnitAccess<?> call) {
        String type = call.getTargetOwner().getName();
        boolean withoutArguments = call.getTarget().getRawParameterTypes().isEmpty();
        if (UNSEEDED.contains(type)) {
            return call.getName().equals("<init>") && withoutArguments;
        }
        // Instant.now(clock) and its like are what we want to see.
        return withoutArguments && SOURCES.contains(type + "." + call.getName());
    }
}
