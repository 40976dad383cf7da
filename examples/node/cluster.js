// Who leads what: the cluster map, and clients of the brokers in it.

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

const PROTOS = process.env.MILLRACE_PROTOS
  ?? fileURLToPath(new URL('../../protocol/src/main/proto', import.meta.url));

const definition = protoLoader.loadSync(
  ['publish', 'subscribe', 'cluster'].map((file) => path.join(PROTOS, `millrace/v1/${file}.proto`)),
  { includeDirs: [PROTOS], longs: String, enums: String, defaults: true, oneofs: true },
);

/** The generated services and messages. */
export const millrace = grpc.loadPackageDefinition(definition).millrace.v1;

/** The version of the protocol that this example speaks. */
export const PROTOCOL_VERSION = 1;

const MAP_DEADLINE_MS = 10_000;
const WORTH_ANOTHER_TRY = new Set([
  grpc.status.ABORTED,
  grpc.status.CANCELLED,
  grpc.status.DEADLINE_EXCEEDED,
  grpc.status.INTERNAL,
  grpc.status.RESOURCE_EXHAUSTED,
  grpc.status.UNAVAILABLE,
  grpc.status.UNKNOWN,
]);

/** A failure, and whether trying again may help. */
export class MillraceError extends Error {
  constructor(message, { reason, retryable }) {
    super(message);
    this.reason = reason;
    this.retryable = retryable;
  }

  /** From the ErrorDetail of an answer. */
  static fromDetail({ reason, message, retry }) {
    return new MillraceError(`${reason}: ${message}`, { reason, retryable: retry !== 'RETRY_CLASS_NEVER' });
  }

  /** From the gRPC status of a call or stream that broke; anything else stays as it is. */
  static fromStatus(error) {
    if (error instanceof MillraceError || error.code === undefined) return error;
    return new MillraceError(error.message, {
      reason: grpc.status[error.code],
      retryable: WORTH_ANOTHER_TRY.has(error.code),
    });
  }
}

/** A cluster, known by the addresses of some of its brokers. */
export class Cluster {
  #bootstrap;
  #clients = new Map();

  /** @param {string} servers host:port[,host:port] */
  constructor(servers) {
    this.#bootstrap = servers.split(',').map((server) => server.trim()).filter(Boolean);
  }

  /** A client of one service of one broker. */
  client(service, address) {
    const key = `${service} ${address}`;
    if (!this.#clients.has(key)) {
      this.#clients.set(key, new millrace[service](address, grpc.credentials.createInsecure(), {
        'grpc.max_receive_message_length': 16 << 20,
        'grpc.initial_reconnect_backoff_ms': 100,
        'grpc.max_reconnect_backoff_ms': 1000,
      }));
    }
    return this.#clients.get(key);
  }

  /** The map of the first bootstrap broker that answers. */
  async map() {
    let failure;
    for (const address of this.#bootstrap) {
      try {
        return await this.#mapFrom(address);
      } catch (error) {
        failure = MillraceError.fromStatus(error);
      }
    }
    throw failure;
  }

  async #mapFrom(address) {
    const watch = this.client('ClusterService', address).watchCluster(
      { protocolVersion: PROTOCOL_VERSION, clientName: 'node-example' },
      { deadline: Date.now() + MAP_DEADLINE_MS },
    );
    watch.on('error', () => {}); // It is thrown where the map is awaited.
    try {
      for await (const map of watch) return map;
      throw new MillraceError(`${address} ended the watch without a map`, { reason: 'UNAVAILABLE', retryable: true });
    } finally {
      watch.cancel();
    }
  }

  /** How many partitions a topic has. */
  async partitionCount(topic) {
    return placement(await this.map(), topic).partitionShards.length;
  }

  /** The address of the broker that leads a partition. */
  async leader(topic, partition) {
    const map = await this.map();
    const shard = placement(map, topic).partitionShards[partition];
    if (shard === undefined) {
      throw new MillraceError(`topic ${topic} has no partition ${partition}`, { reason: 'UNKNOWN_PARTITION', retryable: false });
    }
    const node = map.shards.find((info) => info.shard === shard)?.leaderNode;
    const broker = map.brokers.find((info) => info.nodeId === node);
    if (!broker) {
      throw new MillraceError(`shard ${shard} has no leader at the moment`, { reason: 'LEADER_UNAVAILABLE', retryable: true });
    }
    return broker.clientAddress;
  }

  close() {
    this.#clients.forEach((client) => client.close());
    this.#clients.clear();
  }
}

function placement(map, topic) {
  const found = map.topics.find((candidate) => candidate.name === topic);
  if (!found) {
    throw new MillraceError(`no topic is called ${topic}; create it with: millrace topic create ${topic}`, {
      reason: 'UNKNOWN_TOPIC', retryable: false,
    });
  }
  return found;
}
