package io.millrace.broker.controller.plan;

import io.millrace.broker.controller.PreferLeader;
import java.util.Optional;

/**
 * A leadership that is to move for an even spread. Immutable.
 *
 * @param transfer the move
 * @param order what must be in force before it, if it goes against the order of preference: else
 *     the leadership would come back
 */
public record LeaderMove(LeaderTransfer transfer, Optional<PreferLeader> order) {}
