package io.millrace.tests.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DependencyRulesTest {

    private static final String OFFENDERS = "io.millrace.tests.architecture.offenders";

    private static final JavaClasses PRODUCT =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("io.millrace");
    private static final JavaClasses CAUGHT = new ClassFileImporter().importPackages(OFFENDERS);

    /** Each rule with the offender that it must catch. */
    static Stream<Arguments> rules() {
        DependencyRules product = new DependencyRules("io.millrace");
        DependencyRules offenders = new DependencyRules(OFFENDERS);
        Map<String, String> knowsTooMuch = new LinkedHashMap<>();
        knowsTooMuch.put("raft", "RaftKnowsProtocol");
        knowsTooMuch.put("protocol", "ProtocolKnowsRaft");
        knowsTooMuch.put("client", "ClientKnowsCli");
        knowsTooMuch.put("cli", "CliKnowsBroker");
        knowsTooMuch.put("perf", "PerfKnowsBroker");
        knowsTooMuch.put("broker", "BrokerKnowsPerf");
        Stream<Arguments> modules =
                knowsTooMuch.entrySet().stream()
                        .map(
                                entry ->
                                        Arguments.of(
                                                product.modulesKnowOnlyTheirOwn(entry.getKey()),
                                                offenders.modulesKnowOnlyTheirOwn(entry.getKey()),
                                                entry.getValue()));
        return Stream.concat(
                modules,
                Stream.of(
                        Arguments.of(
                                product.onlyTheRaftAdaptersKnowJraft(),
                                offenders.onlyTheRaftAdaptersKnowJraft(),
                                "KnowsJraft"),
                        Arguments.of(
                                product.onlyPartitionLogsKnowChronicle(),
                                offenders.onlyPartitionLogsKnowChronicle(),
                                "KnowsChronicle"),
                        Arguments.of(
                                product.onlyAdaptersKnowGrpcInTheBroker(),
                                offenders.onlyAdaptersKnowGrpcInTheBroker(),
                                "KnowsGrpc"),
                        Arguments.of(
                                product.onlyVerbsKnowTheCommandInTheBroker(),
                                offenders.onlyVerbsKnowTheCommandInTheBroker(),
                                "BrokerKnowsCli"),
                        Arguments.of(
                                product.noPackageHasAVagueName(),
                                offenders.noPackageHasAVagueName(),
                                "VaguelyNamed"),
                        Arguments.of(
                                product.noCyclesWithinTheBroker(),
                                offenders.noCyclesWithinTheBroker(),
                                "NeedsItsUser"),
                        Arguments.of(
                                product.timeAndChanceComeFromOutside(),
                                offenders.timeAndChanceComeFromOutside(),
                                "ReadsTheClock")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void shouldHoldInTheProduct(ArchRule rule, ArchRule sameRuleForOffenders, String offender) {
        rule.check(PRODUCT);
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource("rules")
    void shouldCatchTheOffender(ArchRule ruleForProduct, ArchRule rule, String offender) {
        assertThatThrownBy(() -> rule.check(CAUGHT))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(offender);
    }

    @Test
    void shouldCatchEveryWayToReadTimeOrChance() {
        ArchRule rule = new DependencyRules(OFFENDERS).timeAndChanceComeFromOutside();

        assertThatThrownBy(() -> rule.check(CAUGHT))
                .hasMessageContaining("System.nanoTime()")
                .hasMessageContaining("System.currentTimeMillis()")
                .hasMessageContaining("Instant.now()")
                .hasMessageContaining("java.util.Random.<init>()")
                .satisfies(
                        error ->
                                assertThat(error.getMessage())
                                        .doesNotContain("Random.<init>(long)")
                                        .doesNotContain("Instant.now(java.time.Clock)")
                                        .doesNotContain("BrokerAssembly"));
    }

    @Test
    void shouldSeeEveryModule() {
        for (String module : DependencyRules.modules()) {
            String inModule = "io.millrace." + module + ".";
            assertThat(PRODUCT.stream().anyMatch(type -> type.getName().startsWith(inModule)))
                    .as("classes of %s were imported", module)
                    .isTrue();
        }
    }
}
