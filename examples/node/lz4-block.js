// Reads an LZ4 block (not the frame format), as record batches carry it.

/** Decompresses into exactly `size` bytes; throws if the block gives more or fewer. */
export function decompressLz4Block(block, size) {
  const out = Buffer.alloc(size);
  let from = 0;
  let to = 0;

  const length = (nibble) => {
    let total = nibble;
    if (nibble === 15) {
      let more;
      do {
        if (from >= block.length) throw new Error('LZ4 block ends within a length');
        more = block[from++];
        total += more;
      } while (more === 255);
    }
    return total;
  };

  while (from < block.length) {
    const token = block[from++];
    const literals = length(token >>> 4);
    if (from + literals > block.length || to + literals > size) {
      throw new Error('LZ4 block has literals beyond its end');
    }
    block.copy(out, to, from, from + literals);
    from += literals;
    to += literals;
    if (from === block.length) break; // The last sequence has literals only.

    if (from + 2 > block.length) throw new Error('LZ4 block ends within a distance');
    const distance = block.readUInt16LE(from);
    from += 2;
    const matched = length(token & 15) + 4;
    if (distance === 0 || distance > to || to + matched > size) {
      throw new Error('LZ4 block repeats bytes from outside');
    }
    // Byte by byte: what is repeated may overlap with what it makes.
    for (let i = 0; i < matched; i++, to++) {
      out[to] = out[to - distance];
    }
  }
  if (to !== size) throw new Error(`LZ4 block gives ${to} bytes, the header says ${size}`);
  return out;
}
