/** The verbs that the broker contributes to the millrace command. */
package io.millrace.broker.command;
