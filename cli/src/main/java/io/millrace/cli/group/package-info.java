/** {@code millrace group}. */
package io.millrace.cli.group;
