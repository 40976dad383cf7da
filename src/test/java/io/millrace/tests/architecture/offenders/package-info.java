/** Classes that break one rule each, laid out like the product. Nothing uses them. */
package io.millrace.tests.architecture.offenders;
