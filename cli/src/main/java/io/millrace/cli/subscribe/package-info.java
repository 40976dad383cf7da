/** The verb that prints records. */
package io.millrace.cli.subscribe;
