/** Topics and the cluster: {@link io.millrace.client.admin.Admin} and what it tells. */
package io.millrace.client.admin;
