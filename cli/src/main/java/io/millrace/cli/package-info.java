/** The millrace command: one class per verb. */
package io.millrace.cli;
