/**
 * The controller: shard 0, which holds the cluster's metadata.
 *
 * <p>{@link io.millrace.broker.controller.ControllerState} is an immutable value and each {@link
 * io.millrace.broker.controller.ControllerCommand} a function from one to the next, so that every
 * replica comes to the same state, a checkpoint is a reference, and a command can be tried without
 * being proposed.
 */
package io.millrace.broker.controller;
