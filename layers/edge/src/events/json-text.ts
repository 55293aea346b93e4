import { Buffer } from 'node:buffer'

// Bytes that stand in JSON as they are.
const plain = /^[\u0020\u0021\u0023-\u005b\u005d-\u007e]*$/

/** A byte string as JSON text: UTF-8 where it is that, else with replacement characters. Cut to `max` bytes. */
export function jsonText(bytes: string, max: number): string {
  const cut = bytes.length > max ? bytes.slice(0, max) : bytes
  if (plain.test(cut)) return `"${cut}"`
  return JSON.stringify(Buffer.from(cut, 'latin1').toString('utf8'))
}

/** A byte string as text for people and events. */
export function readableText(bytes: string): string {
  return plain.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8')
}
