#!/usr/bin/env node
// node main.js publish TOPIC            one record a line from stdin
// node main.js follow TOPIC [options]   one line a record to stdout
//   --from earliest|latest|OFFSET       where to begin (latest)
//   --exit-at-end                       stop at the end that the log has now
// MILLRACE_SERVER=host:port[,host:port] (127.0.0.1:7400)

import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Cluster } from './cluster.js';
import { followPartition } from './partition-follower.js';
import { PartitionPublisher } from './partition-publisher.js';

const MAX_BATCH_RECORDS = 1_000;
const MAX_BATCH_BYTES = 256 << 10;
const MAX_LINE_BYTES = 1 << 20;
const MAX_UNANSWERED = 32;

async function publish(cluster, topic) {
  const partitions = await cluster.partitionCount(topic);
  const publishers = Array.from({ length: partitions }, (_, p) => new PartitionPublisher(cluster, topic, p));
  const unanswered = [];
  let acknowledged = 0;
  let turn = 0;

  const settleOldest = async () => {
    acknowledged += await unanswered.shift();
  };
  const send = async (records) => {
    const publisher = publishers[turn++ % partitions];
    const answer = publisher.publish(records).then(() => records.length);
    answer.catch(() => {}); // It is thrown where it is awaited.
    unanswered.push(answer);
    if (unanswered.length > MAX_UNANSWERED) await settleOldest();
  };

  try {
    for await (const records of batches(process.stdin)) await send(records);
    while (unanswered.length > 0) await settleOldest();
  } finally {
    publishers.forEach((publisher) => publisher.close());
    process.stderr.write(`acknowledged ${acknowledged}\n`);
  }
}

/** Groups the lines of a stream into records of one batch each. */
async function* batches(input) {
  let records = [];
  let bytes = 0;
  for await (const value of lines(input)) {
    if (records.length === MAX_BATCH_RECORDS || (records.length > 0 && bytes + value.length > MAX_BATCH_BYTES)) {
      yield records;
      records = [];
      bytes = 0;
    }
    records.push({ timestampMs: BigInt(Date.now()), key: null, value });
    bytes += value.length;
  }
  if (records.length > 0) yield records;
}

/** The lines of a stream as they are, byte for byte, without their line feeds. */
async function* lines(input) {
  let rest = Buffer.alloc(0);
  for await (const chunk of input) {
    const bytes = Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end; (end = bytes.indexOf(0x0a, from)) >= 0; from = end + 1) {
      yield bytes.subarray(from, end);
    }
    rest = bytes.subarray(from);
    if (rest.length > MAX_LINE_BYTES) throw new Error(`a line has more than ${MAX_LINE_BYTES} bytes`);
  }
  if (rest.length > 0) yield rest;
}

async function follow(cluster, topic, from, exitAtEnd) {
  const partitions = await cluster.partitionCount(topic);
  const print = async (partition) => {
    for await (const record of followPartition(cluster, topic, partition, position(from), exitAtEnd)) {
      const line = Buffer.concat([record.value ?? Buffer.alloc(0), Buffer.from('\n')]);
      if (!process.stdout.write(line)) await once(process.stdout, 'drain');
    }
  };
  process.stdout.setMaxListeners(partitions + 10);
  process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  await Promise.all(Array.from({ length: partitions }, (_, partition) => print(partition)));
}

function position(from) {
  if (from === 'earliest') return { earliest: true };
  if (from === 'latest') return { latest: true };
  if (/^\d+$/.test(from)) return { offset: from };
  throw new Error(`--from ${from}: use earliest, latest or an offset`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { from: { type: 'string', default: 'latest' }, 'exit-at-end': { type: 'boolean', default: false } },
});
const [verb, topic] = positionals;
const cluster = new Cluster(process.env.MILLRACE_SERVER ?? '127.0.0.1:7400');
try {
  if (verb === 'publish' && topic) {
    await publish(cluster, topic);
  } else if (verb === 'follow' && topic) {
    await follow(cluster, topic, values.from, values['exit-at-end']);
  } else {
    process.stderr.write('usage: node main.js publish TOPIC | follow TOPIC [--from earliest|latest|OFFSET] [--exit-at-end]\n');
    process.exitCode = 2;
  }
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  cluster.close();
}
