import assert from 'node:assert/strict';
import test from 'node:test';
import zlib from 'node:zlib';
import { crc32c } from '../crc32c.js';
import { decodeBatch, encodeBatch } from '../record-batch.js';

// The same bytes as in RecordBatchTest of the protocol module.
const PLAIN = '4d5242016a49190c00000000000000020000000000000007000000000000'
  + '00640000018bcfe568000000018bcfe56800000000010000004f0000004f'
  + '4900026b45746865206d696c6c206772696e64732c20746865206d696c6c'
  + '206772696e64732c20746865206d696c6c206772696e64732c2074686520'
  + '6d696c6c206772696e64732c20000401000000';
const PLAIN_HEADERS = '4d524201d157b37600000000000000020000000000000007000000000000'
  + '00640000018bcfe568000000018bcfe56800000000010000005900000059'
  + '5300026b45746865206d696c6c206772696e64732c20746865206d696c6c'
  + '206772696e64732c20746865206d696c6c206772696e64732c2074686520'
  + '6d696c6c206772696e64732c2002016e0231046e756c6c000401000000';
const LZ4_HEADERS = '4d5242018fce423100000001000000020000000000000007000000000000'
  + '00640000018bcfe568000000018bcfe5680000000001000000590000002d'
  + 'ff075300026b45746865206d696c6c206772696e64732c20110020f00102'
  + '016e0231046e756c6c000401000000';
const ZSTD_HEADERS = '4d5242016ec493b200000002000000020000000000000007000000000000'
  + '00640000018bcfe568000000018bcfe56800000000010000005900000037'
  + '28b52ffd205975010064025300026b45746865206d696c6c206772696e64'
  + '732c2002016e0231046e756c6c000401000000010040e76c02';

const PRODUCER = { producerId: 7n, producerEpoch: 1, firstSequence: 100n };

const goldenRecords = (headers) => [
  {
    timestampMs: 1_700_000_000_000n,
    key: Buffer.from('k'),
    value: Buffer.from('the mill grinds, '.repeat(4)),
    headers: headers ? [['n', Buffer.from('1')], ['null', null]] : [],
  },
  { timestampMs: 1_699_999_999_999n, key: null, value: null, headers: [] },
];

test('the checksum is that of its definition', () => {
  assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
  assert.equal(crc32c(Buffer.alloc(0)), 0);
});

test('writes the golden bytes', () => {
  assert.equal(encodeBatch(PRODUCER, goldenRecords(false)).toString('hex'), PLAIN);
  assert.equal(encodeBatch(PRODUCER, goldenRecords(true)).toString('hex'), PLAIN_HEADERS);
});

for (const [name, golden] of Object.entries({ PLAIN_HEADERS, LZ4_HEADERS, ZSTD_HEADERS })) {
  const skip = name.startsWith('ZSTD') && !zlib.zstdDecompressSync && 'this Node.js has no zstd';
  test(`reads the golden bytes: ${name}`, { skip }, () => {
    const batch = decodeBatch(Buffer.from(golden, 'hex'));
    assert.equal(batch.producerId, 7n);
    assert.equal(batch.producerEpoch, 1);
    assert.equal(batch.firstSequence, 100n);
    assert.deepEqual(batch.records, goldenRecords(true));
  });
}

test('gives back numbers beyond 2^53 and values of any length', () => {
  const records = [0, 1, 127, 128, 16_383, 16_384, 100_000].map((length, i) => ({
    timestampMs: BigInt(Date.UTC(2026, 0, 1)) + BigInt(i % 2 ? -i * 1000 : i),
    key: Buffer.from(String(i)),
    value: Buffer.alloc(length, i),
    headers: [],
  }));
  const producer = { producerId: 0xfedcba9876543210n, producerEpoch: 0xffffffff, firstSequence: 1n << 60n };
  const batch = decodeBatch(encodeBatch(producer, records));
  assert.deepEqual(batch.records, records);
  assert.equal(batch.producerId, producer.producerId);
  assert.equal(batch.producerEpoch, producer.producerEpoch);
  assert.equal(batch.firstSequence, producer.firstSequence);
});

test('notices every flipped bit', () => {
  const golden = Buffer.from(PLAIN, 'hex');
  for (let bit = 0; bit < 8 * golden.length; bit++) {
    const flipped = Buffer.from(golden);
    flipped[bit >> 3] ^= 1 << (bit & 7);
    assert.throws(() => decodeBatch(flipped), `bit ${bit}`);
  }
});

test('notices every cut', () => {
  for (const golden of [PLAIN_HEADERS, LZ4_HEADERS]) {
    const bytes = Buffer.from(golden, 'hex');
    for (let length = 0; length < bytes.length; length++) {
      assert.throws(() => decodeBatch(bytes.subarray(0, length)), `cut to ${length}`);
    }
  }
});

test('refuses headers that lie, with a checksum that fits', () => {
  for (const [at, value] of [[12, 1], [12, 3], [8, 3], [8, 8], [52, 5], [56, 5]]) {
    const lying = Buffer.from(PLAIN, 'hex');
    lying.writeUInt32BE(value, at);
    lying.writeUInt32BE(crc32c(lying.subarray(8)), 4);
    assert.throws(() => decodeBatch(lying), `${value} at ${at}`);
  }
});
