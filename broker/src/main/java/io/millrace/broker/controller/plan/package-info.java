/**
 * What the controller's leader decides: which replicas are promoted, replaced and moved, who leads,
 * and what a change of the cluster asked for by a person takes.
 *
 * <p>All of it is pure: from the map and {@link
 * io.millrace.broker.controller.plan.ClusterCondition}, what is known of brokers and replicas at
 * one moment, follow commands for the controller and transfers of leaderships. Nothing is
 * remembered from plan to plan, so that a new leader goes on where the one before it stopped.
 */
package io.millrace.broker.controller.plan;
