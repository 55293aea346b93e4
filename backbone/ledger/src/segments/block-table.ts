/**
 * Where the blocks of a packed segment end. A packed segment is a gzip file (RFC 1952) of many members, so that any gzip tool reads the
 * whole and we unpack one block alone. The table is the last member: it unpacks to nothing, and its extra field holds the numbers.
 */
export interface Block {
  /** Bytes of the file before the next block. */
  readonly packedEnd: number
  /** Bytes of lines before the next block. */
  readonly plainEnd: number
}

/** Most blocks of one segment: an extra field has at most 65,535 bytes. */
export const maxBlocks = 8_000
/** Bytes at the end of the file that tell how long the table is. */
export const tailBytes = 14

// gzip: magic, deflate, an extra field follows; no time, no flags, no system (RFC 1952, section 2.3).
const head = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff])
// An empty deflate block, CRC and length of nothing.
const end = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0])
/** Name of the subfield (section 2.3.1.1). */
const name = 'Sf'
const blockBytes = 8
const fixedBytes = head.length + 2 + 4 + 4 + end.length

/** The last member of a packed segment. @throws RangeError for more than `maxBlocks`. */
export function encodeBlockTable(blocks: readonly Block[]): Buffer {
  if (blocks.length > maxBlocks) throw new RangeError(`${blocks.length} blocks are more than ${maxBlocks}`)
  const fieldBytes = blocks.length * blockBytes + 4
  const start = Buffer.alloc(6)
  start.writeUInt16LE(fieldBytes + 4, 0)
  start.write(name, 2, 'latin1')
  start.writeUInt16LE(fieldBytes, 4)
  const field = Buffer.alloc(fieldBytes)
  for (const [i, { packedEnd, plainEnd }] of blocks.entries()) {
    field.writeUInt32LE(packedEnd, i * blockBytes)
    field.writeUInt32LE(plainEnd, i * blockBytes + 4)
  }
  field.writeUInt32LE(blocks.length, blocks.length * blockBytes)
  return Buffer.concat([head, start, field, end])
}

/** Bytes of the table, from the last `tailBytes` of a file; undefined when that is no end of a packed segment. */
export function tableBytes(tail: Uint8Array): number | undefined {
  const bytes = Buffer.from(tail.buffer, tail.byteOffset, tail.byteLength)
  if (bytes.length !== tailBytes || !bytes.subarray(4).equals(end)) return undefined
  const count = bytes.readUInt32LE(0)
  return count >= 1 && count <= maxBlocks ? fixedBytes + count * blockBytes : undefined
}

/**
 * The blocks of a file of `fileBytes` whose last bytes are `table`; undefined when they do not follow one another from the start of the file
 * to the table, with nothing between them that a gzip tool would show and we would not.
 */
export function decodeBlockTable(table: Uint8Array, fileBytes: number): readonly Block[] | undefined {
  const bytes = Buffer.from(table.buffer, table.byteOffset, table.byteLength)
  const count = Math.floor((bytes.length - fixedBytes) / blockBytes)
  if (count < 1 || count > maxBlocks) return undefined
  const blocks: Block[] = []
  let [packedEnd, plainEnd] = [0, 0]
  for (let i = 0; i < count; i += 1) {
    const at = head.length + 6 + i * blockBytes
    const block = { packedEnd: bytes.readUInt32LE(at), plainEnd: bytes.readUInt32LE(at + 4) }
    if (block.packedEnd <= packedEnd || block.plainEnd <= plainEnd) return undefined
    ;({ packedEnd, plainEnd } = block)
    blocks.push(block)
  }
  // One form only: what we would not write is not ours.
  if (packedEnd + bytes.length !== fileBytes || !encodeBlockTable(blocks).equals(bytes)) return undefined
  return blocks
}
