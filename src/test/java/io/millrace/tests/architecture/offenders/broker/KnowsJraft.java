package io.millrace.tests.architecture.offenders.broker;

import com.alipay.sofa.jraft.Node;

/** Breaks: only raft's adapters know jraft. */
public final class KnowsJraft {

    Node known;
}
