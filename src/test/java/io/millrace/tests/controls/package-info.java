/** Brokers that are broken on purpose: the judge must see it, or it proves nothing. */
package io.millrace.tests.controls;
