package io.millrace.broker.cluster;

import io.millrace.broker.cluster.FoundingDecision.Found;
import io.millrace.broker.cluster.FoundingDecision.Wait;
import java.util.List;

/**
 * Decides round by round. Founding needs two rounds in a row that allow it, with the same lives of
 * the same brokers: whoever was empty in both was empty in between, so there is a moment at which
 * all seeds were empty at once. One round alone could meet one seed before it joined a cluster and
 * another after it was wiped. Used by one thread.
 */
final class FoundingRounds {

    private final Introduction self;
    private final String ownAddress;
    private List<String> livesBefore = List.of();

    FoundingRounds(Introduction self, String ownAddress) {
        this.self = self;
        this.ownAddress = ownAddress;
    }

    /**
     * @param answers what greeting each seed came to; all greetings were sent after the round
     *     before had ended
     */
    FoundingDecision next(List<SeedAnswer> answers) {
        FoundingDecision decision = new FoundingRules(self, ownAddress, answers).decide();
        if (!(decision instanceof Found) || answers.isEmpty()) {
            livesBefore = List.of();
            return decision;
        }
        List<String> lives = answers.stream().map(FoundingRounds::life).toList();
        boolean confirmed = lives.equals(livesBefore);
        livesBefore = lives;
        return confirmed ? decision : new Wait("all seeds are empty; they are asked once more");
    }

    private static String life(SeedAnswer answer) {
        return answer.answered()
                ? answer.peer().getDirectoryId() + " " + answer.peer().getStartNonce()
                : "this broker";
    }
}
