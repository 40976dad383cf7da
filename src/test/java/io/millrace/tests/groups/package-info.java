/** Groups of members in processes of their own, and what can happen to some of them. */
package io.millrace.tests.groups;
