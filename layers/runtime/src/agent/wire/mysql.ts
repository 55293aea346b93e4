// MySQL client packets: https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html

const headLength = 4
const protocol41 = 0x200
const pluginAuth = 0x80000
const commandQuery = 0x03
const commandPrepare = 0x16

function lengthOf(chunk: Uint8Array): number {
  return (chunk[0] ?? 0) | ((chunk[1] ?? 0) << 8) | ((chunk[2] ?? 0) << 16)
}

/** True for a client's answer to the server's greeting: the first packet it writes, with sequence 1. */
export function isMysqlLogin(chunk: Uint8Array): boolean {
  if (chunk.length < 36 || lengthOf(chunk) !== chunk.length - headLength || chunk[3] !== 1) return false
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  const capabilities = view.getUint32(headLength, true)
  if ((capabilities & protocol41) === 0 || (capabilities & (pluginAuth | 0x8000)) === 0) return false
  // 23 bytes of filler; MariaDB uses the last four.
  for (let i = headLength + 9; i < headLength + 28; i += 1) if (chunk[i] !== 0) return false
  return true
}

/** The statement of a whole query or prepare packet. */
export function readMysqlStatement(chunk: Uint8Array): string | undefined {
  const command = chunk[headLength]
  if (chunk[3] !== 0 || (command !== commandQuery && command !== commandPrepare)) return undefined
  if (lengthOf(chunk) !== chunk.length - headLength) return undefined
  return Buffer.from(chunk.buffer, chunk.byteOffset + headLength + 1, chunk.length - headLength - 1).toString(
    'utf8',
  )
}

/** The packet with another statement. */
export function refusedMysqlPacket(chunk: Uint8Array, statement: string): Uint8Array {
  const text = Buffer.from(statement)
  const packet = Buffer.alloc(headLength + 1 + text.length)
  packet.writeUIntLE(text.length + 1, 0, 3)
  packet[3] = 0
  packet[headLength] = chunk[headLength] ?? commandQuery
  text.copy(packet, headLength + 1)
  return packet
}
