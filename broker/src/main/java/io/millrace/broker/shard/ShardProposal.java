package io.millrace.broker.shard;

import io.millrace.raft.Proposal;

/** A proposal that wants to know what came of its command. */
interface ShardProposal extends Proposal {

    /** The command was applied here. Called on the apply thread; must not block or throw. */
    void applied(CommandResult result);
}
