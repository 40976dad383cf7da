/** What clients did and saw, kept in files, and the judge of it. */
package io.millrace.tests.history;
