/**
 * {@code millrace publish}. {@link io.millrace.cli.publish.PublishVerb} parses and connects; what
 * becomes of lines is decided by {@code LinePublisher}, which knows a publisher but no network.
 */
package io.millrace.cli.publish;
