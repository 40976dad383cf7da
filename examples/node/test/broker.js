// A broker of one partition for tests, which loses connections and answers on demand.

import grpc from '@grpc/grpc-js';
import { millrace } from '../cluster.js';
import { decodeBatch } from '../record-batch.js';

export class FakeBroker {
  /** What happens to each batch, in the order of their arrival: 'ack' (default), 'drop', 'store, drop', or a refusal. */
  fates = [];
  stored = []; // {bytes, baseOffset, records}
  arrivals = []; // [firstSequence, producerId]
  hellos = [];
  startOffset = 0;

  #server = new grpc.Server();
  #nextOffset = 0;

  async start() {
    this.#server.addService(millrace.ClusterService.service, {
      watchCluster: (call) => call.write({
        clusterId: 'test',
        heartbeatIntervalMs: 1000,
        brokers: [{ nodeId: 1, clientAddress: this.address }],
        shards: [{ shard: 1, leaderNode: 1, leaderEpoch: '1' }],
        topics: [{ name: 'quakes', topicId: '9', partitionShards: [1] }],
      }),
      getClusterStatus: (call, callback) => callback(null, {}),
    });
    this.#server.addService(millrace.PublishService.service, { publish: (call) => this.#publish(call) });
    this.#server.addService(millrace.SubscribeService.service, { subscribe: (call) => this.#subscribe(call) });
    const port = await new Promise((resolve, reject) => {
      this.#server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(),
        (error, bound) => (error ? reject(error) : resolve(bound)));
    });
    this.address = `127.0.0.1:${port}`;
    return this;
  }

  stop() {
    this.#server.forceShutdown();
  }

  get records() {
    return this.stored.flatMap((batch) => batch.records);
  }

  #publish(call) {
    let open = true;
    let failed = false;
    call.on('error', () => {});
    call.on('end', () => open && call.end());
    call.on('data', (message) => {
      if (!open) return;
      if (message.hello) {
        this.hellos.push(message.hello);
        call.write({ welcome: { protocolVersion: 1, producerId: '18446744073709551615', producerEpoch: 3, maxInFlightBatches: 4 } });
        return;
      }
      const { correlationId, batch } = message.append;
      if (failed) {
        // As the protocol says: order would be lost.
        const error = { reason: 'PREDECESSOR_FAILED', message: 'an earlier batch failed', retry: 'RETRY_CLASS_RESTART' };
        call.write({ refusal: { correlationId, error } });
        return;
      }
      const fate = this.fates.shift() ?? 'ack';
      this.arrivals.push(decodeBatch(batch).firstSequence);
      if (fate === 'drop') {
        open = false;
      } else if (fate === 'store, drop') {
        this.#store(batch);
        open = false;
      } else if (fate === 'ack') {
        const before = this.#find(batch);
        const found = before ?? this.#store(batch);
        call.write({ ack: { correlationId, baseOffset: String(found.baseOffset), duplicate: before !== undefined } });
      } else {
        failed = true;
        call.write({ refusal: { correlationId, error: fate } });
      }
      if (!open) call.emit('error', { code: grpc.status.UNAVAILABLE, details: 'lost' });
    });
  }

  #find(bytes) {
    return this.stored.find((batch) => batch.bytes.equals(bytes));
  }

  #store(bytes) {
    const batch = { bytes, baseOffset: this.#nextOffset, records: decodeBatch(bytes).records };
    this.#nextOffset += batch.records.length;
    this.stored.push(batch);
    return batch;
  }

  /** Sends one batch a stream, then loses it, as long as `fates` has a 'drop'. */
  #subscribe(call) {
    call.on('error', () => {});
    call.on('data', ({ start }) => {
      if (!start) return;
      const { position } = start.partitions[0];
      const from = position.position === 'offset' ? Number(position.offset) : this.startOffset;
      call.write({
        started: {
          heartbeatIntervalMs: 1000,
          positions: [{ handle: 1, nextOffset: String(from), logEndOffset: String(this.#nextOffset) }],
        },
      });
      if (from < this.startOffset) {
        call.write({ gap: { handle: 1, fromOffset: String(from), toOffset: String(this.startOffset), reason: 'REASON_EXPIRED' } });
      }
      for (const batch of this.stored.filter((b) => b.baseOffset + b.records.length > from)) {
        call.write({ batch: { handle: 1, baseOffset: String(batch.baseOffset), recordCount: batch.records.length, batch: batch.bytes } });
        if (this.fates.shift() === 'drop') {
          call.emit('error', { code: grpc.status.UNAVAILABLE, details: 'lost' });
          return;
        }
      }
    });
  }
}
