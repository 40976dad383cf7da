/** {@code millrace topic}: one class per verb. */
package io.millrace.cli.topic;
