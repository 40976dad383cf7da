package io.millrace.broker.command;

import io.millrace.cli.CommandContext;
import io.millrace.cli.VerbProvider;
import java.util.List;

/** The broker's verbs under {@code millrace cluster}, found through the service loader. */
public final class ClusterVerbs implements VerbProvider {

    @Override
    public String parent() {
        return "cluster";
    }

    @Override
    public List<Object> verbs(CommandContext context) {
        return List.of(new ClusterRecoverVerb(context));
    }
}
