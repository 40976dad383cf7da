package io.millrace.broker.command.demo;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One line of the demo's input.
 *
 * @param number its place in the input, from 0
 * @param key the value of the key field
 * @param line the line as it is
 * @param json the line parsed
 */
record DemoEvent(int number, String key, byte[] line, JsonNode json) {}
