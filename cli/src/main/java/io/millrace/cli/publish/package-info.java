/** The verb that publishes lines. */
package io.millrace.cli.publish;
