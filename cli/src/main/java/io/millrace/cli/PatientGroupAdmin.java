package io.millrace.cli;

import io.millrace.client.admin.group.DeadLetterName;
import io.millrace.client.admin.group.DeadLetterPage;
import io.millrace.client.admin.group.GroupAdmin;
import io.millrace.client.admin.group.GroupDescription;
import io.millrace.client.admin.group.GroupInfo;
import io.millrace.client.admin.group.GroupMode;
import io.millrace.client.admin.group.GroupSettings;
import io.millrace.client.admin.group.RedriveResult;
import io.millrace.client.admin.group.SeekResult;
import io.millrace.client.admin.group.SeekTarget;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Admin calls about groups around each of which somebody tells that it is waited for. */
final class PatientGroupAdmin implements GroupAdmin {
    private final GroupAdmin groups;
    private final Supplier<Runnable> await;

    /**
     * @param await is called before each call; what it gives is run after the call
     */
    PatientGroupAdmin(final GroupAdmin groups, final Supplier<Runnable> await) {
        this.groups = groups;
        this.await = await;
    }

    @Override
    public GroupAdmin plan() {
        return new PatientGroupAdmin(groups.plan(), await);
    }

    @Override
    public List<GroupInfo> list() {
        return awaited(groups::list);
    }

    @Override
    public GroupDescription describe(final String group) {
        return awaited(() -> groups.describe(group));
    }

    @Override
    public SeekResult seek(
            final String group, final Collection<SeekTarget> targets, final String reason) {
        return awaited(() -> groups.seek(group, targets, reason));
    }

    @Override
    public void pause(final String group) {
        awaited(() -> groups.pause(group));
    }

    @Override
    public void resume(final String group) {
        awaited(() -> groups.resume(group));
    }

    @Override
    public GroupSettings set(
            final String group,
            final GroupMode mode,
            final Map<String, String> config,
            final Collection<String> reset) {
        return awaited(() -> groups.set(group, mode, config, reset));
    }

    @Override
    public void delete(final String group) {
        awaited(() -> groups.delete(group));
    }

    @Override
    public DeadLetterPage deadLetters(
            final String group, final int pageSize, final String pageToken) {
        return awaited(() -> groups.deadLetters(group, pageSize, pageToken));
    }

    @Override
    public RedriveResult redrive(final String group, final Collection<DeadLetterName> deadLetters) {
        return awaited(() -> groups.redrive(group, deadLetters));
    }

    @Override
    public long drop(final String group, final Collection<DeadLetterName> deadLetters) {
        return awaited(() -> groups.drop(group, deadLetters));
    }

    private void awaited(final Runnable call) {
        awaited(
                () -> {
                    call.run();
                    return null;
                });
    }

    private <T> T awaited(final Supplier<T> call) {
        final Runnable over = await.get();
        try {
            return call.get();
        } finally {
            over.run();
        }
    }
}
