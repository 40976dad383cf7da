package io.millrace.broker.command;

import io.millrace.broker.command.demo.DemoVerb;
import io.millrace.cli.CommandContext;
import io.millrace.cli.VerbProvider;
import java.util.List;

/** The broker's verbs, found through the service loader. */
public final class BrokerVerbs implements VerbProvider {

    @Override
    public List<Object> verbs(CommandContext context) {
        return List.of(new StandaloneVerb(context), new BrokerVerb(context), new DemoVerb(context));
    }
}
