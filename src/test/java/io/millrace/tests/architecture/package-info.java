/**
 * Holds the structure of the project: who may know whom, and what must not be in any file. Each
 * rule is run against the product and against an offender, so that a rule that cannot fail is
 * noticed.
 */
package io.millrace.tests.architecture;
