/** Holds the pages against the product: what they show is what it does. */
package io.millrace.tests.docs;
