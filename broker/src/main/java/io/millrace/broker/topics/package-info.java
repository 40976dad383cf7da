/** What users do with topics, and how the shards come to hold what the controller wants. */
package io.millrace.broker.topics;
