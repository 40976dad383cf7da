/**
 * {@code millrace subscribe}. {@link io.millrace.cli.subscribe.SubscribeVerb} parses and connects;
 * what is printed and when it ends is decided by {@code RecordFollower} and {@code FollowPlan}.
 */
package io.millrace.cli.subscribe;
