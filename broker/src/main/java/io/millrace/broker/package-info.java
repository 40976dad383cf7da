/** The broker's assembly. */
package io.millrace.broker;
