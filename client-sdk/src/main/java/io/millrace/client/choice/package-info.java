/**
 * Choosing among equals: {@link io.millrace.client.choice.ChoicePolicy} and what it is told. The
 * policies are compared in docs/reference/load-balancing.md.
 */
package io.millrace.client.choice;
