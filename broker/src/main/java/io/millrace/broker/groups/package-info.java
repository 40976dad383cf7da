/** Administration of consumer groups: what they do, why they do not, and how to change them. */
package io.millrace.broker.groups;
