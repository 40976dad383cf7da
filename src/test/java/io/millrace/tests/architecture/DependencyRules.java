package io.millrace.tests.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Who may know whom.
 *
 * @param root the package of the product, or that of the offenders that the rules must catch
 */
record DependencyRules(String root) {

    /** Per module: the modules it may know. {@code v1} is generated from the protocol's files. */
    private static final Map<String, Set<String>> MAY_KNOW =
            new TreeMap<>(
                    Map.of(
                            "protocol", Set.of("v1"),
                            "v1", Set.of(),
                            "raft", Set.of(),
                            "client", Set.of("protocol", "v1"),
                            "cli", Set.of("client", "protocol", "v1"),
                            "perf", Set.of("cli", "client", "protocol", "v1"),
                            "broker", Set.of("cli", "client", "protocol", "raft", "v1")));

    private static final String[] VAGUE_NAMES =
            Stream.of("util", "utils", "common", "impl", "helper", "helpers", "misc")
                    .map(name -> ".." + name + "..")
                    .toArray(String[]::new);

    static Set<String> modules() {
        return MAY_KNOW.keySet();
    }

    ArchRule modulesKnowOnlyTheirOwn(String module) {
        String[] forbidden =
                MAY_KNOW.keySet().stream()
                        .filter(other -> !other.equals(module))
                        .filter(other -> !MAY_KNOW.get(module).contains(other))
                        .map(this::in)
                        .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(in(module))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden)
                .because(module + " may know " + MAY_KNOW.get(module) + " only");
    }

    ArchRule onlyTheRaftAdaptersKnowJraft() {
        return onlyThese(List.of(in("raft.jraft"), in("raft.transport")), "com.alipay..")
                .because("the broker must not notice which Raft library there is");
    }

    ArchRule onlyPartitionLogsKnowChronicle() {
        return onlyThese(List.of(in("broker.partition")), "net.openhft..")
                .because("the format of the read logs is the business of one package");
    }

    ArchRule onlyAdaptersKnowGrpcInTheBroker() {
        return noClasses()
                .that()
                .resideInAPackage(in("broker"))
                .and()
                .resideOutsideOfPackages(in("broker.rpc"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.grpc..")
                .because("what the broker does can be tested without a network");
    }

    ArchRule onlyVerbsKnowTheCommandInTheBroker() {
        return noClasses()
                .that()
                .resideInAPackage(in("broker"))
                .and()
                .resideOutsideOfPackages(in("broker.command"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(in("cli"), in("client"))
                .because("a broker runs without the command and without being its own client");
    }

    ArchRule noPackageHasAVagueName() {
        return noClasses()
                .that()
                .resideInAPackage(in())
                .should()
                .resideInAnyPackage(VAGUE_NAMES)
                .because("a package is named after what it is about");
    }

    ArchRule noCyclesWithinTheBroker() {
        return slices().matching(root + ".broker.(*)..")
                .should()
                .beFreeOfCycles()
                .because("a package that needs its own user cannot be understood alone");
    }

    ArchRule timeAndChanceComeFromOutside() {
        return noClasses()
                .that()
                .resideInAnyPackage(in("raft"), in("broker"))
                .and()
                .resideOutsideOfPackages(in("broker.command"))
                .and()
                .haveNameNotMatching(root.replace(".", "\\.") + "\\.broker\\.Broker[^.]*")
                .should(new ReadTimeOrChance())
                .because("what depends on them can otherwise be neither tested nor repeated");
    }

    private ArchRule onlyThese(List<String> packages, String library) {
        return noClasses()
                .that()
                .resideInAPackage(in())
                .and()
                .resideOutsideOfPackages(packages.toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library);
    }

    private String in() {
        return root + "..";
    }

    private String in(String part) {
        return root + "." + part + "..";
    }
}
