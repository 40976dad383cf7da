/**
 * {@code millrace subscribe}. {@link io.millrace.cli.subscribe.SubscribeVerb} parses and connects;
 * what is printed and when it ends is decided by the {@code Follower}s, {@code FollowPlan} and
 * {@code GroupEnd}.
 */
package io.millrace.cli.subscribe;
