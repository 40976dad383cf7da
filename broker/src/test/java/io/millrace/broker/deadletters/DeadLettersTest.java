package io.millrace.broker.deadletters;

import static io.millrace.broker.deadletters.GivingUpGroup.DLQ;
import static io.millrace.broker.deadletters.GivingUpGroup.codeOf;
import static io.millrace.broker.deadletters.GivingUpGroup.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.queue.OffsetSet;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.Retry;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.DeadLetter;
import io.millrace.v1.DeadLetterRefusal;
import io.millrace.v1.DeleteTopicRequest;
import io.millrace.v1.ErrorReason;
import io.millrace.v1.ListDeadLettersRequest;
import io.millrace.v1.ListDeadLettersResponse;
import io.millrace.v1.RedriveDeadLettersRequest;
import io.millrace.v1.RedriveDeadLettersResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DeadLettersTest {

    private GivingUpGroup group;

    @BeforeEach
    void publish() throws IOException {
        group = new GivingUpGroup();
        group.publish(0, 5);
        group.publish(1, 5);
    }

    @Test
    void shouldShowWhatWasGivenUpOldestFirst() {
        group.giveUp(1, 3);
        group.giveUp(0, 1, 4);

        ListDeadLettersResponse page = group.list();

        assertThat(page.getTotal()).isEqualTo(3);
        assertThat(page.getNextPageToken()).isEmpty();
        assertThat(page.getDeadLettersList())
                .extracting(DeadLetter::getPartition)
                .containsExactly(1, 0, 0);
        DeadLetter first = page.getDeadLetters(0);
        assertThat(first.getTopic()).isEqualTo("orders");
        assertThat(first.getOffset()).isEqualTo(3);
        assertThat(first.getDeadLetterPartition()).isZero();
        assertThat(first.getDeadLetterOffset()).isZero();
        assertThat(first.getTimeMs()).isEqualTo(5_000);
        assertThat(first.getDeliveryCount()).isEqualTo(3);
        assertThat(first.getReason()).isEqualTo("bad date");
        assertThat(first.getKey().toStringUtf8()).isEqualTo("key");
        assertThat(first.getValueStart().toStringUtf8()).isEqualTo("value 3");
        assertThat(first.getValueBytes()).isEqualTo(7);
        assertThat(first.getHeadersCount()).isEqualTo(2);
        assertThat(first.getHeaders(0).getName()).isEqualTo("trace");
        assertThat(first.getHeaders(1).hasValue()).isFalse();
    }

    @Test
    void shouldShowNothingOfAGroupThatHasGivenNothingUp() {
        assertThat(group.list()).isEqualTo(ListDeadLettersResponse.getDefaultInstance());
        assertThat(group.redrive().getCount()).isZero();
        assertThat(group.drop().getCount()).isZero();
        assertThat(codeOf(() -> group.redrive(3))).isEqualTo(ErrorCode.UNKNOWN_TOPIC);
    }

    @Test
    void shouldShowTheStartOfALongValue() {
        group.copy(0, 0, GivingUpGroup.record("x".repeat(5_000))).join();

        assertThat(group.list().getDeadLetters(0).getValueStart().size()).isEqualTo(1_024);
        assertThat(group.list().getDeadLetters(0).getValueBytes()).isEqualTo(5_000);
    }

    @Test
    void shouldShowPagesOfWhatIsLeft() {
        group.giveUp(0, 0, 1, 2, 3, 4);
        group.drop(1);
        List<Long> shown = new ArrayList<>();
        String token = "";
        do {
            ListDeadLettersResponse page = page(2, token);
            assertThat(page.getTotal()).isEqualTo(4);
            assertThat(page.getDeadLettersCount()).isEqualTo(2);
            page.getDeadLettersList().forEach(one -> shown.add(one.getDeadLetterOffset()));
            token = page.getNextPageToken();
        } while (!token.isEmpty());

        assertThat(shown).containsExactly(0L, 2L, 3L, 4L);
    }

    @Test
    void shouldEndAPageThatGetsLarge() {
        for (int i = 0; i < 3; i++) {
            Record large = new Record(1, new byte[700_000], null);
            group.copy(0, i, large).join();
        }

        assertThat(page(10, "").getDeadLettersCount()).isEqualTo(2);
        assertThat(page(10, page(10, "").getNextPageToken()).getDeadLettersCount()).isEqualTo(1);
    }

    @Test
    void shouldGoOnFromOnePartitionToTheNext() throws IOException {
        group.broker.create(DLQ, 3);
        for (int i = 0; i < 5; i++) {
            group.giveUp(0, i);
            group.giveUp(1, i);
        }
        List<String> shown = new ArrayList<>();
        String token = "";
        do {
            ListDeadLettersResponse page = page(3, token);
            assertThat(page.getTotal()).isEqualTo(10);
            page.getDeadLettersList()
                    .forEach(one -> shown.add(one.getPartition() + "/" + one.getOffset()));
            token = page.getNextPageToken();
        } while (!token.isEmpty());

        assertThat(shown).hasSize(10).doesNotHaveDuplicates();
        assertThat(group.redrive().getCount()).isEqualTo(10);
        assertThat(group.list().getTotal()).isZero();
    }

    @Test
    void shouldPassOverWhatIsNoDeadLetter() {
        group.giveUp(0, 1);
        group.append(DLQ, 0, GivingUpGroup.record("somebody else's"));
        group.giveUp(0, 2);

        assertThat(group.list().getTotal()).isEqualTo(2);
        assertThat(group.list().getDeadLettersCount()).isEqualTo(2);
        RedriveDeadLettersResponse one = group.redrive(1);
        assertThat(one.getCount()).isZero();
        assertThat(one.getRefused(0).getError().getReason())
                .isEqualTo(ErrorReason.INVALID_ARGUMENT);
        assertThat(group.redrive().getCount()).isEqualTo(2);
        assertThat(group.progress(DLQ, 0).watermark()).as("all are settled").isEqualTo(3);
    }

    @Test
    void shouldRedriveSomeAndSettleTheirCopies() {
        group.giveUp(0, 0, 1, 2);
        assertThat(group.progress("orders", 0).watermark()).isEqualTo(3);

        RedriveDeadLettersResponse done = group.redrive(0, 2);

        assertThat(done.getCount()).isEqualTo(2);
        assertThat(done.getRefusedList()).isEmpty();
        assertThat(group.progress("orders", 0).redriven()).isEqualTo(OffsetSet.of(0, 2));
        assertThat(group.list().getTotal()).isEqualTo(1);
        assertThat(group.list().getDeadLetters(0).getDeadLetterOffset()).isEqualTo(1);
    }

    @Test
    void shouldRedriveAllOfAllPartitions() {
        group.giveUp(0, 0, 1);
        group.giveUp(1, 4);

        assertThat(group.redrive().getCount()).isEqualTo(3);
        assertThat(group.progress("orders", 0).redriven()).isEqualTo(OffsetSet.of(0, 1));
        assertThat(group.progress("orders", 1).isDone(4)).isFalse();
        assertThat(group.list().getTotal()).isZero();
    }

    @Test
    void shouldDoNothingForWhatIsSettled() {
        group.giveUp(0, 0, 1);
        group.redrive(0);
        group.settle(0, 0);

        assertThat(group.redrive(0)).isEqualTo(RedriveDeadLettersResponse.getDefaultInstance());
        assertThat(group.drop(0).getCount()).isZero();
        assertThat(group.progress("orders", 0).isDone(0)).isTrue();
    }

    @Test
    void shouldDropSomeThenAll() {
        group.giveUp(0, 0, 1, 2);

        assertThat(group.drop(1).getCount()).isEqualTo(1);
        assertThat(group.list().getTotal()).isEqualTo(2);
        assertThat(group.drop().getCount()).isEqualTo(2);
        assertThat(group.list().getTotal()).isZero();
        assertThat(group.progress("orders", 0).redriven().isEmpty()).isTrue();
    }

    @Test
    void shouldOnlySayWhatWouldBeDone() {
        group.giveUp(0, 0, 1);
        RedriveDeadLettersRequest request =
                RedriveDeadLettersRequest.newBuilder()
                        .setGroup("billing")
                        .setValidateOnly(true)
                        .build();

        assertThat(group.desks().letters().redrive(request, false).join().getCount()).isEqualTo(2);
        assertThat(group.list().getTotal()).isEqualTo(2);
        assertThat(group.queues.redrives).isZero();
    }

    @Test
    void shouldRefuseWhatWasTrimmedAndLeaveItThere() {
        group.giveUp(0, 0, 1, 2);
        group.broker.partitions.place("orders", 0, 0).view().log().trim(2);

        RedriveDeadLettersResponse done = group.redrive();

        assertThat(done.getCount()).isEqualTo(1);
        assertThat(done.getRefusedInAll()).isEqualTo(2);
        DeadLetterRefusal refused = done.getRefused(0);
        assertThat(refused.getDeadLetter().getOffset()).isZero();
        assertThat(refused.getError().getReason()).isEqualTo(ErrorReason.OFFSET_OUT_OF_RANGE);
        assertThat(refused.getError().getMessage()).contains("dlq peek billing").contains("drop");
        assertThat(group.list().getTotal()).isEqualTo(2);
        assertThat(group.drop().getCount()).isEqualTo(2);
    }

    @Test
    void shouldRefuseWhatIsOfADeletedTopicAndNotTakeAnotherOfItsName() {
        group.giveUp(0, 0);
        group.broker.admin.delete(DeleteTopicRequest.newBuilder().setName("orders").build()).join();
        assertThat(group.redrive().getRefused(0).getError().getReason())
                .isEqualTo(ErrorReason.UNKNOWN_TOPIC);

        group.broker.create("orders", 2);
        group.publish(0, 5);
        group.settle(0, 0);

        DeadLetterRefusal refused = group.redrive().getRefused(0);
        assertThat(refused.getError().getReason()).isEqualTo(ErrorReason.TOPIC_RECREATED);
        assertThat(refused.getError().getMessage()).contains("drop");
        assertThat(group.progress("orders", 0).isDone(0)).isTrue();
    }

    @Test
    void shouldRefuseWhatWasNeverWrittenOrIsTrimmedAway() {
        group.giveUp(0, 0, 1, 2);
        group.broker.partitions.place(DLQ, 0, 0).view().log().trim(1);

        RedriveDeadLettersResponse done = group.redrive(0, 1, 99);

        assertThat(done.getCount()).isEqualTo(1);
        assertThat(done.getRefusedList())
                .extracting(one -> one.getDeadLetter().getOffset())
                .containsExactly(0L, 99L);
        assertThat(done.getRefused(1).getError().getReason())
                .isEqualTo(ErrorReason.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void shouldShowDoublesOnceAndSettleThemTogether() {
        group.giveUp(0, 0);
        group.restart();
        group.copy(0, 0, GivingUpGroup.record("value 0")).join();
        assertThat(group.copies()).isEqualTo(2);

        assertThat(group.list().getTotal()).isEqualTo(1);
        assertThat(group.list().getDeadLettersCount()).isEqualTo(1);
        assertThat(group.redrive(0).getCount()).isEqualTo(1);
        assertThat(group.queues.redrives).isEqualTo(1);
        assertThat(group.list().getTotal()).isZero();
        assertThat(group.progress(DLQ, 0).watermark()).isEqualTo(2);
    }

    @Test
    void shouldRedriveAgainAfterADeathBetweenRedriveAndSettlement() {
        group.giveUp(0, 0);
        group.queues.afterRedrive = () -> stall(true);
        CompletableFuture<RedriveDeadLettersResponse> dying = group.redriving();
        assertThat(dying).isNotDone();
        assertThat(group.progress("orders", 0).isDone(0)).isFalse();
        group.queues.afterRedrive = () -> {};
        stall(false);
        group.restart();
        assertThat(group.list().getTotal()).as("the copy is still there").isEqualTo(1);

        assertThat(group.redrive().getCount()).isEqualTo(1);

        assertThat(group.list().getTotal()).isZero();
        assertThat(group.progress("orders", 0).redriven()).isEqualTo(OffsetSet.of(0));
    }

    @Test
    void shouldKeepTheCopyOfWhatIsJustBeingGivenUp() {
        group.giveUp(0, 0, 1);
        group.queues.givingUp = OffsetSet.of(1);

        RedriveDeadLettersResponse done = group.redrive();

        assertThat(done.getCount()).isEqualTo(1);
        assertThat(WireError.fromDetail(done.getRefused(0).getError()).retry())
                .isEqualTo(Retry.SAME);
        assertThat(group.list().getDeadLetters(0).getOffset()).isEqualTo(1);
    }

    @Test
    void shouldCopyAnewWhatIsGivenUpAgainWhileItsFirstCopyIsBeingSettled() {
        group.giveUp(0, 0);
        group.queues.afterRedrive = () -> group.giveUp(0, 0);

        group.redrive();

        assertThat(group.copies()).isEqualTo(2);
        assertThat(group.list().getTotal()).isEqualTo(1);
        assertThat(group.list().getDeadLetters(0).getDeadLetterOffset()).isEqualTo(1);
    }

    @Test
    void shouldLetOneAtATimeSettle() {
        group.giveUp(0, 0);
        group.queues.afterRedrive = () -> stall(true);
        CompletableFuture<RedriveDeadLettersResponse> first = group.redriving();
        assertThat(first).isNotDone();

        assertThat(refusal(() -> group.drop()).code()).isEqualTo(ErrorCode.CHANGE_REFUSED);
        assertThat(refusal(() -> group.drop()).retry()).isEqualTo(Retry.SAME);
    }

    @Test
    void shouldSayWhatIsLeftWhenTheTimeIsOver() {
        group.giveUp(0, 0, 1, 2);
        for (int i = 0; i < ShelfWork.CHUNK; i++) {
            group.copy(1, 10 + i, GivingUpGroup.record("more")).join();
        }
        group.queues.afterRedrive = () -> group.nanos += ShelfWork.LIMIT_NANOS;

        RedriveDeadLettersResponse done = group.redrive();

        assertThat(done.getCount()).isEqualTo(3);
        assertThat(done.getRefusedInAll()).as("never published").isEqualTo(997);
        assertThat(done.getRemaining()).isEqualTo(3);
    }

    @Test
    void shouldGetThroughMoreThanOneCallLooksAt() {
        group.broker.create(DLQ, 1);
        int batch = 1_000;
        int batches = ShelfScan.MAX_RECORDS / batch + 1;
        for (int i = 0; i < batches; i++) {
            Record[] copies = new Record[batch];
            for (int j = 0; j < batch; j++) {
                DeadLetterOrigin origin = new DeadLetterOrigin("orders", 1, 0, i * batch + j);
                copies[j] =
                        new DeadLetterCopy(origin, "", 1, 1, new Record(1, null, null)).asRecord();
            }
            group.append(DLQ, 0, copies);
        }
        int all = batches * batch;

        assertThat(group.list().getTotal()).isEqualTo(all);
        ListDeadLettersResponse last = page(10, "0:" + (all - 15));
        assertThat(last.getDeadLettersList())
                .extracting(DeadLetter::getDeadLetterOffset)
                .startsWith(all - 15L)
                .hasSize(10);
        assertThat(page(10, last.getNextPageToken()).getDeadLettersCount()).isEqualTo(5);
        assertThat(page(10, "0:" + (all - 5)).getNextPageToken()).isEmpty();

        assertThat(group.drop())
                .satisfies(
                        done -> {
                            assertThat(done.getCount()).isEqualTo(ShelfWork.MAX_SEEN);
                            assertThat(done.getRemaining()).isEqualTo(batch);
                        });
        assertThat(group.drop().getCount()).isEqualTo(batch);
        assertThat(group.list().getTotal()).isZero();
    }

    @Test
    void shouldRefuseGroupsWithoutDeadLettersAndSenselessQuestions() {
        group.create("stream", false);
        assertThat(codeOf(() -> list("nobody", 1, ""))).isEqualTo(ErrorCode.UNKNOWN_GROUP);
        assertThatThrownBy(() -> list("biling", 1, ""))
                .hasMessageContaining("there is no group \"biling\"; did you mean \"billing\"?");
        assertThat(codeOf(() -> list("stream", 1, ""))).isEqualTo(ErrorCode.INVALID_GROUP);
        assertThat(codeOf(() -> list("billing", 1_001, ""))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(codeOf(() -> list("billing", -1, ""))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        for (String token : List.of("x", ":", "1:", ":1", "-1:0", "0:-1", "0:0:0")) {
            assertThat(codeOf(() -> list("billing", 1, token)))
                    .as(token)
                    .isEqualTo(ErrorCode.INVALID_ARGUMENT);
        }
        assertThat(codeOf(() -> group.redrive(new long[1_001])))
                .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    @Test
    void shouldAskTheLeaderOfTheDeadLettersAndNobodyInTurn() {
        group.giveUp(0, 0);
        moveAway(DLQ, 0);

        assertThat(group.redrive(5).getCount()).isEqualTo(7);
        assertThat(group.drop().getCount()).isEqualTo(7);
        group.list();

        assertThat(group.others.addresses).containsOnly("other:7400");
        assertThat(group.others.asked.get(0))
                .isInstanceOfSatisfying(
                        RedriveDeadLettersRequest.class,
                        asked -> {
                            assertThat(asked.getDeadLetters(0).getOffset()).isEqualTo(5);
                            assertThat(asked.getPartitionsList()).containsExactly(0);
                        });
        ListDeadLettersRequest forwarded =
                ListDeadLettersRequest.newBuilder().setGroup("billing").addPartitions(0).build();
        assertThat(codeOf(() -> group.desks().letters().list(forwarded, true).join()))
                .isEqualTo(ErrorCode.NOT_LEADER);
        group.copy(0, 1, GivingUpGroup.record("value 1")).join();
        assertThat(group.others.asked).hasSize(4);
    }

    @Test
    void shouldAskTheLeaderOfTheOrigin() {
        group.giveUp(0, 0);
        group.giveUp(1, 0);
        int origin = shardOf(DLQ, 0) == shardOf("orders", 0) ? 1 : 0;
        assertThat(shardOf("orders", origin)).isNotEqualTo(shardOf(DLQ, 0));
        moveAway("orders", origin);

        assertThat(group.redrive().getCount()).isEqualTo(2);
        assertThat(group.others.asked).hasSize(1);

        group.giveUp(1 - origin, 1);
        group.others.failure = ErrorCode.NOT_READY;
        assertThat(group.redrive().getCount()).isEqualTo(1);
    }

    @Test
    void shouldKeepWhatTheLeaderOfTheOriginDidNotAnswerFor() {
        group.giveUp(0, 0);
        group.giveUp(1, 0);
        int origin = shardOf(DLQ, 0) == shardOf("orders", 0) ? 1 : 0;
        moveAway("orders", origin);
        group.others.failure = ErrorCode.NOT_READY;

        RedriveDeadLettersResponse done = group.redrive();

        assertThat(done.getCount()).isEqualTo(1);
        assertThat(done.getRefused(0).getError().getReason()).isEqualTo(ErrorReason.NOT_READY);
        assertThat(group.list().getDeadLetters(0).getPartition()).isEqualTo(origin);
    }

    private ListDeadLettersResponse page(int size, String token) {
        return list("billing", size, token);
    }

    private ListDeadLettersResponse list(String name, int size, String token) {
        return group.desks()
                .letters()
                .list(
                        ListDeadLettersRequest.newBuilder()
                                .setGroup(name)
                                .setPageSize(size)
                                .setPageToken(token)
                                .build(),
                        false)
                .join();
    }

    private void stall(boolean stalled) {
        group.broker.dataShards.forEach(shard -> shard.stalled = stalled);
    }

    private int shardOf(String topic, int partition) {
        TopicImage image = group.broker.partitions.topic(topic);
        return image.partitions().get(partition).shard();
    }

    private void moveAway(String topic, int partition) {
        group.broker.register(2, "other");
        group.broker.moveAway(shardOf(topic, partition), 2);
    }
}
