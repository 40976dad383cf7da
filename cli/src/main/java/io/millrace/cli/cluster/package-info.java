/** {@code millrace cluster}: one class per verb. */
package io.millrace.cli.cluster;
