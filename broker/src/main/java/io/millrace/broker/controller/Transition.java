package io.millrace.broker.controller;

/**
 * What a command makes of a state.
 *
 * @param next the state after it; the very same object if nothing changes
 * @param value what the command yields
 */
record Transition<R>(ControllerState next, R value) {}
