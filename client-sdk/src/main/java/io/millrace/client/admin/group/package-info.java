/** Consumer groups: {@link io.millrace.client.admin.group.GroupAdmin} and what it tells. */
package io.millrace.client.admin.group;
