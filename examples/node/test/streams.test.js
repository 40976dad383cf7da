import assert from 'node:assert/strict';
import test from 'node:test';
import { Cluster } from '../cluster.js';
import { followPartition } from '../partition-follower.js';
import { PartitionPublisher } from '../partition-publisher.js';
import { FakeBroker } from './broker.js';

const record = (text) => ({ timestampMs: 1n, key: null, value: Buffer.from(text) });

async function withBroker(run) {
  const broker = await new FakeBroker().start();
  const cluster = new Cluster(broker.address);
  try {
    await run(broker, cluster);
  } finally {
    cluster.close();
    broker.stop();
  }
}

const values = (records) => records.map(({ value }) => value.toString());

test('publishes in order, sequences count records', () => withBroker(async (broker, cluster) => {
  const publisher = new PartitionPublisher(cluster, 'quakes', 0);
  const acks = await Promise.all([
    publisher.publish([record('a'), record('b')]),
    publisher.publish([record('c')]),
    publisher.publish([record('d')]),
  ]);
  assert.deepEqual(acks.map(({ baseOffset }) => baseOffset), [0n, 2n, 3n]);
  assert.deepEqual(broker.arrivals, [0n, 2n, 3n]);
  assert.deepEqual(values(broker.records), ['a', 'b', 'c', 'd']);
  publisher.close();
}));

test('sends again what was not answered, as the same producer, and nothing is stored twice', () => withBroker(async (broker, cluster) => {
  broker.fates = ['ack', 'store, drop', 'drop', 'ack'];
  const publisher = new PartitionPublisher(cluster, 'quakes', 0);
  const acks = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((text) => publisher.publish([record(text)])));
  assert.deepEqual(values(broker.records), ['a', 'b', 'c', 'd', 'e', 'f']);
  assert.deepEqual(acks.map(({ duplicate }) => duplicate), [false, true, false, false, false, false]);
  assert.deepEqual(broker.hellos.map(({ producerId }) => producerId), ['0', '18446744073709551615', '18446744073709551615']);
  publisher.close();
}));

test('tries again after a refusal that passes', () => withBroker(async (broker, cluster) => {
  broker.fates = [{ reason: 'DISK_FULL', message: 'no room', retry: 'RETRY_CLASS_SAME' }];
  const publisher = new PartitionPublisher(cluster, 'quakes', 0);
  await Promise.all(['a', 'b'].map((text) => publisher.publish([record(text)])));
  assert.deepEqual(values(broker.records), ['a', 'b']);
  publisher.close();
}));

test('gives up after a refusal for good, and so do all that follow', () => withBroker(async (broker, cluster) => {
  broker.fates = [{ reason: 'BATCH_TOO_LARGE', message: 'at most 10 bytes', retry: 'RETRY_CLASS_NEVER' }];
  const publisher = new PartitionPublisher(cluster, 'quakes', 0);
  const [first, second] = await Promise.allSettled(['a', 'b'].map((text) => publisher.publish([record(text)])));
  assert.match(first.reason.message, /BATCH_TOO_LARGE: at most 10 bytes/);
  assert.equal(second.status, 'rejected');
  await assert.rejects(publisher.publish([record('c')]), /BATCH_TOO_LARGE/);
}));

test('says that there is no such topic', () => withBroker(async (broker, cluster) => {
  const publisher = new PartitionPublisher(cluster, 'nowhere', 0);
  await assert.rejects(publisher.publish([record('a')]), /no topic is called nowhere; create it/);
  await assert.rejects(cluster.partitionCount('nowhere'), /no topic is called nowhere/);
}));

test('follows every record once over lost streams', () => withBroker(async (broker, cluster) => {
  const publisher = new PartitionPublisher(cluster, 'quakes', 0);
  for (const pair of ['ab', 'cd', 'ef']) await publisher.publish([...pair].map(record));
  publisher.close();

  broker.fates = ['drop', 'drop'];
  const seen = [];
  for await (const found of followPartition(cluster, 'quakes', 0, { offset: '1' }, true)) seen.push(found);
  assert.deepEqual(values(seen), ['b', 'c', 'd', 'e', 'f']);
  assert.deepEqual(seen.map(({ offset }) => offset), [1n, 2n, 3n, 4n, 5n]);
}));

test('ends at once on an empty partition', () => withBroker(async (broker, cluster) => {
  for await (const found of followPartition(cluster, 'quakes', 0, { earliest: true }, true)) assert.fail(found);
}));

test('never jumps over a gap in silence', () => withBroker(async (broker, cluster) => {
  const publisher = new PartitionPublisher(cluster, 'quakes', 0);
  await publisher.publish([...'abcd'].map(record));
  publisher.close();
  broker.startOffset = 2;
  await assert.rejects(async () => {
    for await (const found of followPartition(cluster, 'quakes', 0, { offset: '0' }, true)) assert.fail(found);
  }, /offsets 0 to 2 \(exclusive\) of quakes\/0 are gone: REASON_EXPIRED/);
}));
