package io.millrace.cli;

import java.util.List;

/**
 * Brokers to ask first.
 *
 * @param addresses host:port each, at least one
 */
record ServerList(List<String> addresses) {}
