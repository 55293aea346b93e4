import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** What a challenge and its solution are bound to, besides what stands in them. */
export interface Binding {
  readonly site: string
  /** The client's /24 or /64. */
  readonly prefix: string
  /** TLS fingerprint, empty on a plain connection. */
  readonly ja4: string
}

/** How a challenge was met. */
export type Way = 'work' | 'wait'

/** A challenge as it is handed out. */
export interface Challenge {
  /** Random text; also the name under which it is spent. */
  readonly nonce: string
  /** Seconds since 1970. */
  readonly issued: number
  /** Leading zero bits that the solution needs. */
  readonly difficulty: number
}

/** A solved challenge as the client carries it. */
export interface Pass {
  /** Name of its budget. */
  readonly id: string
  /** Seconds since 1970. */
  readonly until: number
  readonly way: Way
}

/** Longest token that is read. */
export const maxTokenLength = 160

const challengeForm = /^c1\.([0-9a-zA-Z_-]{16})\.([0-9a-z]{1,8})\.(\d{1,2})\.([0-9a-zA-Z_-]{22})$/
const passForm = /^p1\.([0-9a-zA-Z_-]{16})\.([0-9a-z]{1,8})\.([wt])\.([0-9a-zA-Z_-]{22})$/
const solutionForm = /^[0-9a-z]{1,16}$/

/** First 128 bits of HMAC-SHA-256 over what is said and to whom. */
function mac(key: Uint8Array, text: string, { site, prefix, ja4 }: Binding): string {
  const whole = `${text}\n${site}\n${prefix}\n${ja4}`
  return createHmac('sha256', key).update(whole).digest('base64url').slice(0, 22)
}

function isMac(key: Uint8Array, given: string, text: string, binding: Binding): boolean {
  return timingSafeEqual(Buffer.from(given, 'latin1'), Buffer.from(mac(key, text, binding), 'latin1'))
}

/** Writes a challenge; nothing is kept here. */
export function writeChallenge(key: Uint8Array, challenge: Challenge, binding: Binding): string {
  const text = `c1.${challenge.nonce}.${challenge.issued.toString(36)}.${challenge.difficulty}`
  return `${text}.${mac(key, text, binding)}`
}

/** Reads a challenge that we handed out to this client; null for everything else. */
export function readChallenge(key: Uint8Array, token: string, binding: Binding): Challenge | null {
  if (token.length > maxTokenLength) return null
  const [, nonce = '', issued = '', difficulty = '', given = ''] = challengeForm.exec(token) ?? []
  if (given === '' || !isMac(key, given, token.slice(0, -23), binding)) return null
  return { nonce, issued: Number.parseInt(issued, 36), difficulty: Number(difficulty) }
}

/** Writes a pass. */
export function writePass(key: Uint8Array, pass: Pass, binding: Binding): string {
  const text = `p1.${pass.id}.${pass.until.toString(36)}.${pass.way === 'work' ? 'w' : 't'}`
  return `${text}.${mac(key, text, binding)}`
}

/** Reads a pass that we gave to this client; null for everything else. Its time is not looked at. */
export function readPass(key: Uint8Array, token: string, binding: Binding): Pass | null {
  if (token.length > maxTokenLength) return null
  const [, id = '', until = '', way = '', given = ''] = passForm.exec(token) ?? []
  if (given === '' || !isMac(key, given, token.slice(0, -23), binding)) return null
  return { id, until: Number.parseInt(until, 36), way: way === 'w' ? 'work' : 'wait' }
}

/** Leading zero bits of a digest. */
export function zeroBits(digest: Uint8Array): number {
  let bits = 0
  for (const byte of digest) {
    if (byte !== 0) return bits + Math.clz32(byte) - 24
    bits += 8
  }
  return bits
}

/** True when SHA-256 over the token and the solution starts with enough zero bits. */
export function isSolved(token: string, solution: string, difficulty: number): boolean {
  if (!solutionForm.test(solution)) return false
  return zeroBits(createHash('sha256').update(`${token}.${solution}`).digest()) >= difficulty
}
