// Follows one partition from a position on, through any number of broken streams.

import { setTimeout as delay } from 'node:timers/promises';
import { MillraceError, PROTOCOL_VERSION } from './cluster.js';
import { decodeBatch } from './record-batch.js';

const CREDIT = { records: 10_000, bytes: 4 << 20 };
const BACK_OFF_MS = { first: 50, last: 2_000 };
const NO_MESSAGE_MS = 10_000;
const PATIENCE_MS = 120_000;

/**
 * Yields the records of a partition in offset order, each once, as {partition, offset, timestampMs,
 * key, value, headers}. Records that are gone are an error, never a silent jump.
 *
 * @param {object} position as in the protocol: {earliest: true}, {latest: true}, {offset: '5'}, …
 * @param {boolean} exitAtEnd stop at the log end of the moment when the stream was first opened
 */
export async function* followPartition(cluster, topic, partition, position, exitAtEnd = false) {
  const place = { next: null, end: null, lastSuccess: Date.now() };
  let backOffMs = BACK_OFF_MS.first;
  for (;;) {
    const before = place.lastSuccess;
    try {
      const from = place.next === null ? position : { offset: String(place.next) };
      yield* followOnce(cluster, topic, partition, from, exitAtEnd, place);
      return;
    } catch (thrown) {
      const error = MillraceError.fromStatus(thrown);
      if (!error.retryable || Date.now() - place.lastSuccess > PATIENCE_MS) throw error;
    }
    backOffMs = place.lastSuccess > before ? BACK_OFF_MS.first : Math.min(2 * backOffMs, BACK_OFF_MS.last);
    await delay(backOffMs);
  }
}

async function* followOnce(cluster, topic, partition, position, exitAtEnd, place) {
  const address = await cluster.leader(topic, partition);
  const call = cluster.client('SubscribeService', address).subscribe();
  call.on('error', () => {}); // It is thrown where the messages are awaited.
  const watchdog = new Watchdog(() => call.cancel());
  try {
    call.write({
      start: {
        protocolVersion: PROTOCOL_VERSION,
        clientName: 'node-example',
        partitions: [{ handle: 1, topic, partition, position }],
        initialCredit: CREDIT,
      },
    });
    for await (const message of call) {
      watchdog.rest();
      place.lastSuccess = Date.now();
      switch (message.response) {
        case 'started':
          watchdog.limitMs = 3 * message.started.heartbeatIntervalMs;
          place.next ??= BigInt(message.started.positions[0].nextOffset);
          place.end ??= BigInt(message.started.positions[0].logEndOffset);
          break;
        case 'batch':
          yield* recordsOf(message.batch, partition, place, exitAtEnd);
          call.write({ credit: { records: message.batch.recordCount, bytes: message.batch.batch.length } });
          break;
        case 'gap':
          throw new MillraceError(
            `offsets ${message.gap.fromOffset} to ${message.gap.toOffset} (exclusive) of ${topic}/${partition}`
              + ` are gone: ${message.gap.reason}`,
            { reason: 'GAP', retryable: false },
          );
        case 'end':
          throw MillraceError.fromDetail(message.end.error);
        default: // A heartbeat: the stream lives.
      }
      if (exitAtEnd && place.next !== null && place.next >= place.end) return;
      watchdog.watch();
    }
    throw new MillraceError('the broker ended the stream', { reason: 'UNAVAILABLE', retryable: true });
  } finally {
    watchdog.rest();
    call.cancel();
  }
}

function* recordsOf(delivered, partition, place, exitAtEnd) {
  let offset = BigInt(delivered.baseOffset);
  for (const record of decodeBatch(delivered.batch).records) {
    // A batch may begin before the position asked for, and reach beyond the end asked for.
    if (offset >= place.next && !(exitAtEnd && offset >= place.end)) {
      place.next = offset + 1n;
      yield { partition, offset, ...record };
    }
    offset += 1n;
  }
}

/** Ends a stream on which nothing is heard; the time in which the reader is busy does not count. */
class Watchdog {
  limitMs = NO_MESSAGE_MS;
  #bark;
  #timer;

  constructor(bark) {
    this.#bark = bark;
    this.watch();
  }

  watch() {
    this.#timer = setTimeout(this.#bark, this.limitMs);
  }

  rest() {
    clearTimeout(this.#timer);
  }
}
