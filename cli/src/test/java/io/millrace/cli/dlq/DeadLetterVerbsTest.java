package io.millrace.cli.dlq;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.CommandFixture;
import io.millrace.cli.FakeAdmin;
import io.millrace.cli.FakeGroups;
import io.millrace.client.admin.group.DeadLetter;
import io.millrace.client.admin.group.DeadLetterName;
import io.millrace.client.admin.group.GroupMode;
import io.millrace.protocol.batch.Header;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DeadLetterVerbsTest {
    private final FakeAdmin cluster = new FakeAdmin();
    private final FakeGroups groups = cluster.groups();
    private final CommandFixture millrace = new CommandFixture().with(cluster);

    private static DeadLetter letter(final long offset, final byte[] value, final long bytes) {
        return new DeadLetter(
                new DeadLetterName(0, offset),
                "mails",
                2,
                offset + 1000,
                FakeAdmin.CREATED,
                10,
                "no such address",
                "kim".getBytes(UTF_8),
                value,
                bytes,
                List.of(Header.ofText("lang", "en"), new Header("urgent", null)));
    }

    private static DeadLetter letter(final long offset) {
        return letter(offset, "hello".getBytes(UTF_8), 5);
    }

    private static List<DeadLetter> letters(final int count) {
        return IntStream.range(0, count).mapToObj(it -> letter(it)).toList();
    }

    @BeforeEach
    void fill() {
        groups.put("q", GroupMode.QUEUE, List.of(), List.of());
        groups.put("s", GroupMode.STREAM, List.of(), List.of());
    }

    @Test
    void shouldSayHowManyEachGroupHas() {
        groups.put("r", GroupMode.QUEUE, List.of(), List.of());
        groups.putLetters("q", letters(3));
        assertThat(millrace.run("dlq", "list")).isZero();
        assertThat(millrace.out().lines())
                .containsExactly(
                        "GROUP  DEAD LETTERS  OLDEST",
                        "q                 3  2026-11-22T10:00:00Z",
                        "r                 0  -");
    }

    @Test
    void shouldListTheOldest() {
        groups.putLetters("q", letters(3));
        assertThat(millrace.run("dlq", "list", "q", "--count", "2")).isZero();
        assertThat(millrace.out().lines())
                .hasSize(3)
                .anyMatch(it -> it.matches("0:1 +mails +2 +1001 +2026.* +10 +no such address"));
        assertThat(millrace.err()).isEqualTo("1 more; --count N shows them\n");
        assertThat(millrace.run("dlq", "list", "qq")).isEqualTo(1);
        assertThat(millrace.err()).contains("there is no group qq");
    }

    @Test
    void shouldShowRecordsSoThatTheyCanBeRead() {
        groups.putLetters(
                "q", List.of(letter(7, "a\u001b[2J\n\u00e4".getBytes(UTF_8), 9_999), letter(8)));
        assertThat(millrace.run("dlq", "peek", "q", "--count", "1")).isZero();
        assertThat(millrace.out())
                .isEqualTo(
                        """
                        0:7  mails/2 offset 1007, 10 deliveries, given up 2026-11-22T10:00:00Z
                          reason   no such address
                          key      kim
                          headers  lang=en urgent
                          value    a\\x1b[2J\\n\u00e4… (the first 8 of 9999 bytes)
                        """);
    }

    @Test
    void shouldNotTakeACutLetterForBytes() {
        final byte[] cut = java.util.Arrays.copyOf("\u00e4".repeat(600).getBytes(UTF_8), 1_023);
        final byte[] odd = new byte[1_024];
        System.arraycopy(cut, 0, odd, 1, 1_023);
        odd[0] = 'x';
        groups.putLetters("q", List.of(letter(1, odd, 1_201)));
        assertThat(millrace.run("dlq", "peek", "q")).isZero();
        assertThat(millrace.out()).contains("value    x\u00e4").doesNotContain("\\x");
    }

    @Test
    void shouldShowBytesThatAreNoText() {
        groups.putLetters("q", List.of(letter(7, new byte[] {'a', (byte) 0xff, 0}, 3)));
        assertThat(millrace.run("dlq", "peek", "q", "0:7")).isZero();
        assertThat(millrace.out()).contains("value    a\\xff\\x00\n");
        assertThat(millrace.run("dlq", "peek", "q", "0:7", "-o", "json")).isZero();
        assertThat(millrace.out())
                .contains("\"valueStartBase64\": \"Yf8A\"")
                .contains("\"key\": \"kim\"");
    }

    @Test
    void shouldSayThatADeadLetterIsGone() {
        groups.putLetters("q", letters(2));
        assertThat(millrace.run("dlq", "peek", "q", "0:1", "0:5")).isEqualTo(1);
        assertThat(millrace.out()).startsWith("0:1 ");
        assertThat(millrace.err()).contains("no dead letter 0:5");
    }

    @Test
    void shouldRedriveWhatIsNamed() {
        groups.putLetters("q", letters(3));
        assertThat(millrace.run("dlq", "redrive", "q", "0:0", "0:2")).isZero();
        assertThat(millrace.out()).isEqualTo("redriven 2 dead letters of group q\n");
        assertThat(groups.named())
                .containsExactly(new DeadLetterName(0, 0), new DeadLetterName(0, 2));
    }

    @Test
    void shouldTellWhatCannotBeRedriven() {
        groups.putLetters("q", letters(2));
        groups.refuse(
                new DeadLetterName(0, 1),
                MillraceException.of(ErrorCode.OFFSET_OUT_OF_RANGE, "the record is gone"));
        assertThat(millrace.run("dlq", "redrive", "q", "--all")).isEqualTo(1);
        assertThat(millrace.out()).isEqualTo("redriven 1 dead letter of group q\n");
        assertThat(millrace.err()).isEqualTo("0:1 refused: the record is gone\n");
    }

    @Test
    void shouldOnlyShowWhatItWouldRedriveOrDrop() {
        groups.putLetters("q", letters(2));
        assertThat(millrace.run("dlq", "redrive", "q", "--all", "--plan")).isZero();
        assertThat(millrace.run("dlq", "drop", "q", "--all", "--plan")).isZero();
        assertThat(millrace.out())
                .isEqualTo(
                        "would redrive 2 dead letters of group q\n"
                                + "would drop 2 dead letters of group q\n");
        assertThat(groups.deadLetters("q", 10, "").total()).isEqualTo(2);
    }

    @Test
    void shouldNotDropWithoutAYes() {
        groups.putLetters("q", letters(2_500));
        assertThat(millrace.run("dlq", "drop", "q", "--all")).isEqualTo(1);
        assertThat(millrace.err()).contains("This drops 2500 dead letters of group q");
        assertThat(groups.deadLetters("q", 1, "").total()).isEqualTo(2_500);
        assertThat(millrace.run("dlq", "drop", "q", "--all", "--yes")).isZero();
        assertThat(millrace.out()).isEqualTo("dropped 2500 dead letters of group q\n");
        assertThat(groups.deadLetters("q", 1, "").total()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"redrive q", "drop q", "drop q 0:1 --all", "drop q 1", "peek q x:1"})
    void shouldRefuseToGuessWhichAreMeant(final String words) {
        assertThat(millrace.run(("dlq " + words).split(" "))).isEqualTo(2);
        assertThat(groups.named()).isEmpty();
    }

    @Test
    void shouldDoNothingWhenThereAreNone() {
        assertThat(millrace.run("dlq", "peek", "q")).isZero();
        assertThat(millrace.run("dlq", "drop", "q", "--all", "--yes")).isZero();
        assertThat(millrace.run("dlq", "redrive", "q", "--all")).isZero();
        assertThat(millrace.out())
                .isEqualTo(
                        "dropped 0 dead letters of group q\nredriven 0 dead letters of group q\n");
    }
}
