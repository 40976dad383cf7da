/** Processes for tests: brokers that can be killed, and commands that run to their end. */
package io.millrace.tests.processes;
