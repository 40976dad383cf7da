/** The verbs that create, describe and change topics. */
package io.millrace.cli.topic;
