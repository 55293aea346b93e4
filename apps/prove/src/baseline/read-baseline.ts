import { readFileSync, statSync } from 'node:fs'
import type { ProofAttack, ProofDocument } from '@sevenfold/event'

/** Largest baseline that is read, in bytes. */
export const maxBaselineBytes = 16_777_216

/** Most attacks in a baseline. */
export const maxBaselineAttacks = 10_000

/** What is taken from an earlier proof. */
export interface Baseline {
  readonly seed: string
  readonly attacks: readonly Pick<ProofAttack, 'id' | 'valid' | 'depth' | 'cells'>[]
  readonly benign: ProofDocument['benign']
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCell(value: unknown): boolean {
  return isObject(value) && Array.isArray(value['layers'])
}

function isCells(value: unknown): boolean {
  if (!isObject(value) || !isCell(value['all'])) return false
  const { alone } = value
  return alone === undefined || (isObject(alone) && Object.values(alone).every(isCell))
}

function isAttack(value: unknown): boolean {
  if (!isObject(value)) return false
  const { id, valid, depth, cells } = value
  return typeof id === 'string' && typeof valid === 'boolean' && Number.isSafeInteger(depth) && isCells(cells)
}

/** Reads the text of a baseline: a document of `sevenfold prove --json`. Throws an `Error` that says what is wrong. */
export function parseBaseline(text: string): Baseline {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Error('not JSON', { cause: error })
  }
  if (!isObject(value) || value['v'] !== 1) throw new Error('not a proof of version 1')
  const { seed, attacks, benign } = value
  if (!Array.isArray(attacks) || attacks.length > maxBaselineAttacks || !attacks.every(isAttack))
    throw new Error('its attacks are not those of a proof')
  if (typeof seed !== 'string' || !isObject(benign) || !Number.isSafeInteger(benign['blocked']))
    throw new Error('its seed or its innocent visits are missing')
  return value as unknown as Baseline // all fields that are read later were checked above
}

/** Reads a baseline from a file. Throws an `Error` that names the file. */
export function readBaseline(path: string): Baseline {
  try {
    if (statSync(path).size > maxBaselineBytes) throw new Error(`larger than ${maxBaselineBytes} bytes`)
    return parseBaseline(readFileSync(path, 'utf8'))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`--baseline ${path}: ${why}`, { cause: error })
  }
}
