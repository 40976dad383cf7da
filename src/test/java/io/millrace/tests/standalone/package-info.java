/** A broker in a process of its own, as users run it. */
package io.millrace.tests.standalone;
