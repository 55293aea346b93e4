import { createHmac, randomBytes } from 'node:crypto'
import type { Buffer } from 'node:buffer'

/** Bytes of a seed. */
const seedSize = 48
/**
 * How long tickets are made with one seed, milliseconds. Whoever steals a seed from memory can read recorded TLS 1.2
 * connections that began with a ticket of its time; so it lives for hours (RFC 5077 section 5.5) and never on disk.
 */
export const ticketLifeMs: number = 8 * 3_600_000

/** A seed that the primary gives to all workers, so that a session goes on in whichever of them the client meets. */
export function newTicketSeed(): Uint8Array {
  return randomBytes(seedSize)
}

/** The 48 bytes that node makes and reads tickets with. Sites have keys of their own: a ticket is good for one site. */
export function ticketKeys(seed: Uint8Array, site: string): Buffer {
  return createHmac('sha384', seed).update(`tickets\0${site}`).digest()
}
