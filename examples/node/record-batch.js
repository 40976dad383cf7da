// The record batch format: docs/reference/record-batch.md. Numbers of 64 bits are BigInts.

import zlib from 'node:zlib';
import { crc32c } from './crc32c.js';
import { decompressLz4Block } from './lz4-block.js';

const MAGIC = 0x4d524201; // "MRB", version 1
const HEADER_BYTES = 60;
const CRC_FROM = 8;
const COMPRESSIONS = ['none', 'lz4', 'zstd'];
const MAX_BODY_BYTES = 64 << 20;

/**
 * Encodes records into one uncompressed batch.
 *
 * @param {{producerId: bigint, producerEpoch: number, firstSequence: bigint}} producer
 * @param {{timestampMs: bigint, key: ?Buffer, value: ?Buffer, headers?: [string, ?Buffer][]}[]} records
 * @returns {Buffer}
 */
export function encodeBatch(producer, records) {
  if (records.length === 0) throw new RangeError('a batch holds at least one record');
  const base = records[0].timestampMs;
  const max = records.reduce((m, r) => (r.timestampMs > m ? r.timestampMs : m), base);
  const body = Buffer.concat(records.map((record) => encodeRecord(record, base)));

  const batch = Buffer.alloc(HEADER_BYTES + body.length);
  batch.writeUInt32BE(MAGIC, 0);
  batch.writeUInt32BE(0, 8); // attributes: not compressed
  batch.writeUInt32BE(records.length, 12);
  batch.writeBigUInt64BE(producer.producerId, 16);
  batch.writeBigUInt64BE(producer.firstSequence, 24);
  batch.writeBigInt64BE(base, 32);
  batch.writeBigInt64BE(max, 40);
  batch.writeUInt32BE(producer.producerEpoch, 48);
  batch.writeUInt32BE(body.length, 52);
  batch.writeUInt32BE(body.length, 56);
  body.copy(batch, HEADER_BYTES);
  batch.writeUInt32BE(crc32c(batch.subarray(CRC_FROM)), 4);
  return batch;
}

/**
 * Decodes a batch and checks everything that its header promises.
 *
 * @param {Buffer} batch
 * @returns {{producerId: bigint, producerEpoch: number, firstSequence: bigint, compression: string,
 *   records: {timestampMs: bigint, key: ?Buffer, value: ?Buffer, headers: [string, ?Buffer][]}[]}}
 */
export function decodeBatch(batch) {
  if (batch.length < HEADER_BYTES) throw new Error(`a batch has 60 bytes or more, not ${batch.length}`);
  if (batch.readUInt32BE(0) !== MAGIC) throw new Error('not a record batch of version 1');
  if (batch.readUInt32BE(4) !== crc32c(batch.subarray(CRC_FROM))) {
    throw new Error('the checksum of the batch does not match its bytes');
  }
  const compression = COMPRESSIONS[batch.readUInt32BE(8)];
  if (compression === undefined) throw new Error(`unknown attributes ${batch.readUInt32BE(8)}`);
  const size = batch.readUInt32BE(52);
  const body = batch.subarray(HEADER_BYTES);
  if (body.length !== batch.readUInt32BE(56)) throw new Error('the body has another length than the header says');
  if (size > MAX_BODY_BYTES) throw new Error(`a body has at most ${MAX_BODY_BYTES} bytes, not ${size}`);

  const base = batch.readBigInt64BE(32);
  const reader = new Reader(decompress(compression, body, size));
  const records = Array.from({ length: batch.readUInt32BE(12) }, () => decodeRecord(reader, base));
  if (!reader.atEnd()) throw new Error('bytes follow the last record');
  return {
    producerId: batch.readBigUInt64BE(16),
    producerEpoch: batch.readUInt32BE(48),
    firstSequence: batch.readBigUInt64BE(24),
    compression,
    records,
  };
}

function decompress(compression, body, size) {
  let plain;
  if (compression === 'lz4') {
    return decompressLz4Block(body, size);
  } else if (compression === 'none') {
    plain = body;
  } else if (zlib.zstdDecompressSync) {
    plain = zlib.zstdDecompressSync(body, { maxOutputLength: size });
  } else {
    throw new Error('this Node.js cannot read zstd; use Node.js 22.15 or newer');
  }
  if (plain.length !== size) throw new Error(`the body has ${plain.length} bytes, the header says ${size}`);
  return plain;
}

function encodeRecord({ timestampMs, key, value, headers = [] }, base) {
  const delta = timestampMs - base;
  const fields = [
    varint((delta << 1n) ^ (delta >> 63n)),
    ...nullable(key),
    ...nullable(value),
    varint(BigInt(headers.length)),
  ];
  for (const [name, headerValue] of headers) {
    const bytes = Buffer.from(name, 'utf8');
    fields.push(varint(BigInt(bytes.length)), bytes, ...nullable(headerValue));
  }
  const record = Buffer.concat(fields);
  return Buffer.concat([varint(BigInt(record.length)), record]);
}

function nullable(bytes) {
  return bytes == null ? [varint(0n)] : [varint(BigInt(bytes.length) + 1n), bytes];
}

function varint(number) {
  const bytes = [];
  let rest = BigInt.asUintN(64, number);
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

function decodeRecord(reader, base) {
  const record = new Reader(reader.bytes(reader.count()));
  const zigzag = record.varint();
  const timestampMs = base + ((zigzag >> 1n) ^ -(zigzag & 1n));
  const key = record.nullable();
  const value = record.nullable();
  const headers = Array.from({ length: record.count() }, () => {
    const name = record.bytes(record.count()).toString('utf8');
    return [name, record.nullable()];
  });
  if (!record.atEnd()) throw new Error('bytes follow the last header of a record');
  return { timestampMs, key, value, headers };
}

/** Reads fields one after another and never beyond the end. */
class Reader {
  #buffer;
  #at = 0;

  constructor(buffer) {
    this.#buffer = buffer;
  }

  atEnd() {
    return this.#at === this.#buffer.length;
  }

  varint() {
    let number = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bytes(1)[0];
      number |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, number);
    }
    throw new Error('a varint has more than 10 bytes');
  }

  /** A number of things that follow; each takes a byte at least. */
  count() {
    const number = this.varint();
    if (number > BigInt(this.#buffer.length - this.#at)) throw new Error('a length points beyond the end');
    return Number(number);
  }

  bytes(length) {
    if (this.#at + length > this.#buffer.length) throw new Error('the batch ends within a field');
    const bytes = this.#buffer.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  nullable() {
    const lengthAndOne = this.varint();
    if (lengthAndOne === 0n) return null;
    if (lengthAndOne - 1n > BigInt(this.#buffer.length)) throw new Error('a length points beyond the end');
    return this.bytes(Number(lengthAndOne - 1n));
  }
}
