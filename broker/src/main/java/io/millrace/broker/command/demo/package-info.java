/** The demo: a real broker, real events, and a kill in the middle. */
package io.millrace.broker.command.demo;
