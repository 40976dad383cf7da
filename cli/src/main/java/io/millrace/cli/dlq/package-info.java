/** {@code millrace dlq}: what groups in queue mode gave up. */
package io.millrace.cli.dlq;
