/** What can still be done when the majority of a shard is gone for good, and what that costs. */
package io.millrace.broker.recovery;
