// Publishes to one partition, in order and without doubles, through any number of broken streams.

import { setTimeout as delay } from 'node:timers/promises';
import { MillraceError, PROTOCOL_VERSION } from './cluster.js';
import { encodeBatch } from './record-batch.js';

const NO_ANSWER_MS = 45_000; // longer than a broker keeps a batch: 30 s
const CLOSE_MS = 5_000; // for the broker to end the stream in its turn
const BACK_OFF_MS = { first: 50, last: 2_000 };

/**
 * One producer of one partition. A batch is given its producer sequence once, when it is sent for the
 * first time; whenever its fate is unknown it is sent again as it is, and the broker stores it once.
 */
export class PartitionPublisher {
  #cluster;
  #topic;
  #partition;
  #patienceMs;

  #producer = null; // {id, epoch} of the first welcome, kept over all streams
  #nextSequence = 0n;
  #correlation = 0;
  #maxInFlight = 1;

  #waiting = []; // batches to be sent, in order
  #inFlight = []; // batches sent on the present stream, in order
  #stream = null;
  #backOffMs = BACK_OFF_MS.first;
  #failure = null;
  #lastSuccess = 0;
  #closed = false;

  /** @param {number} [patienceMs] how long to try again without any success */
  constructor(cluster, topic, partition, patienceMs = 120_000) {
    this.#cluster = cluster;
    this.#topic = topic;
    this.#partition = partition;
    this.#patienceMs = patienceMs;
  }

  /**
   * Publishes records as one batch. Several calls may be under way; they are stored in the order of
   * the calls. Keep the number of unanswered ones bounded.
   *
   * @returns {Promise<{baseOffset: bigint, duplicate: boolean}>} when the batch is fsynced on a majority
   */
  publish(records) {
    return new Promise((resolve, reject) => {
      if (this.#failure || this.#closed) {
        reject(this.#failure ?? new Error('the publisher is closed'));
        return;
      }
      if (this.#waiting.length + this.#inFlight.length === 0) this.#touch();
      this.#waiting.push({ records, bytes: null, correlationId: null, resolve, reject });
      if (!this.#stream) this.#connect();
      else this.#sendMore();
    });
  }

  /** Ends the stream. Await what was published before. */
  close() {
    this.#closed = true;
    const call = this.#stream?.call;
    call?.end();
    setTimeout(() => call?.cancel(), CLOSE_MS).unref();
  }

  async #connect() {
    const stream = { call: null, welcomed: false, watchdog: null };
    this.#stream = stream;
    this.#watch(stream);
    try {
      const address = await this.#cluster.leader(this.#topic, this.#partition);
      if (this.#stream !== stream || this.#closed) return; // given up meanwhile
      stream.call = this.#cluster.client('PublishService', address).publish();
    } catch (error) {
      this.#broken(stream, MillraceError.fromStatus(error));
      return;
    }
    stream.call.on('data', (message) => this.#stream === stream && this.#take(stream, message));
    stream.call.on('error', (error) => this.#broken(stream, MillraceError.fromStatus(error)));
    stream.call.on('end', () => this.#broken(stream, ended()));
    stream.call.write({
      hello: {
        protocolVersion: PROTOCOL_VERSION,
        clientName: 'node-example',
        producerId: this.#producer?.id ?? '0',
        producerEpoch: this.#producer?.epoch ?? 0,
      },
    });
  }

  #take(stream, message) {
    this.#watch(stream);
    if (message.response === 'welcome') {
      this.#producer ??= { id: message.welcome.producerId, epoch: message.welcome.producerEpoch };
      this.#maxInFlight = message.welcome.maxInFlightBatches;
      stream.welcomed = true;
      this.#sendMore();
    } else if (message.response === 'ack') {
      this.#acknowledge(stream, message.ack);
    } else if (message.response === 'refusal') {
      this.#broken(stream, MillraceError.fromDetail(message.refusal.error));
    }
    // A go-away needs nothing: what is in flight is still answered, then the stream ends.
  }

  #acknowledge(stream, ack) {
    const batch = this.#inFlight.shift();
    if (batch?.correlationId !== ack.correlationId) {
      if (batch) this.#inFlight.unshift(batch);
      this.#broken(stream, new MillraceError('the broker answered out of order', { reason: 'INTERNAL', retryable: true }));
      return;
    }
    this.#touch();
    batch.resolve({ baseOffset: BigInt(ack.baseOffset), duplicate: ack.duplicate });
    this.#sendMore();
  }

  #sendMore() {
    const stream = this.#stream;
    while (stream?.welcomed && this.#waiting.length > 0 && this.#inFlight.length < this.#maxInFlight) {
      const batch = this.#waiting.shift();
      batch.bytes ??= this.#stamp(batch.records);
      batch.correlationId = String(++this.#correlation);
      this.#inFlight.push(batch);
      stream.call.write({
        append: {
          correlationId: batch.correlationId,
          topic: this.#topic,
          partition: this.#partition,
          batch: batch.bytes,
        },
      });
    }
  }

  /** Gives up a stream that leaves what was sent on it unanswered. */
  #watch(stream) {
    clearTimeout(stream.watchdog);
    stream.watchdog = setTimeout(() => {
      const silent = new MillraceError('the broker does not answer', { reason: 'DEADLINE_EXCEEDED', retryable: true });
      if (this.#waiting.length + this.#inFlight.length > 0) this.#broken(stream, silent);
      else this.#watch(stream);
    }, NO_ANSWER_MS);
    stream.watchdog.unref();
  }

  /** Gives a batch its place in the producer's sequence, for good. */
  #stamp(records) {
    const bytes = encodeBatch(
      { producerId: BigInt(this.#producer.id), producerEpoch: this.#producer.epoch, firstSequence: this.#nextSequence },
      records,
    );
    this.#nextSequence += BigInt(records.length);
    return bytes;
  }

  /** The stream is of no use any more: what it left unanswered goes first on the next one. */
  async #broken(stream, error) {
    if (this.#stream !== stream) return;
    this.#stream = null;
    clearTimeout(stream.watchdog);
    stream.call?.cancel();
    this.#waiting = [...this.#inFlight, ...this.#waiting];
    this.#inFlight = [];
    if (this.#waiting.length === 0) return;
    if (!error.retryable || Date.now() - this.#lastSuccess > this.#patienceMs) {
      this.#failure = error;
      this.#waiting.splice(0).forEach((batch) => batch.reject(error));
      return;
    }
    const pause = this.#backOffMs;
    this.#backOffMs = Math.min(2 * pause, BACK_OFF_MS.last);
    await delay(pause);
    if (!this.#stream) this.#connect();
  }

  #touch() {
    this.#lastSuccess = Date.now();
    this.#backOffMs = BACK_OFF_MS.first;
  }
}

function ended() {
  return new MillraceError('the broker ended the stream', { reason: 'UNAVAILABLE', retryable: true });
}
