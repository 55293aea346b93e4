import { existsSync, readFileSync } from 'node:fs'
import { writeAtomic } from '@sevenfold/layer'
import {
  decodeCheckpoint,
  decodeVerifierKey,
  encodeCheckpoint,
  encodeVerifierKey,
  isSignedBy,
  noteKey,
  parseNote,
  signNote,
} from '@sevenfold/merkle'
import type { Checkpoint, NoteKey } from '@sevenfold/merkle'
import { readKeyHistory } from '../keys/key-history.ts'
import { LedgerError } from '../ledger-error.ts'
import type { LogFolder } from './log-folder.ts'

/** What signs checkpoints; `PartKeys` has this shape. */
export interface LogSigner {
  /** Raw Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array
  /** Base64 Ed25519 signature. */
  sign(text: Uint8Array): string
}

/** The log's key under its origin; publishes the verifier key beside the log. Throws `LEDGER_ORIGIN_CHANGED`. */
export function publishKey(folder: LogFolder, origin: string, signer: LogSigner): NoteKey {
  const key = noteKey(origin, signer.publicKey)
  const text = encodeVerifierKey(key)
  if (!existsSync(folder.verifierKey)) writeAtomic(folder.verifierKey, `${text}\n`)
  const published = readFileSync(folder.verifierKey, 'utf8').trim()
  if (published === text) return key
  const { name } = decodeVerifierKey(published)
  throw new LedgerError('LEDGER_ORIGIN_CHANGED', `the log in ${folder.root} is ${name} with another key`, {
    hint: `set ledger.origin back to ${name} and restore its keys, or move the folder away to begin a new log`,
  })
}

/** Signed note of a checkpoint. */
export function signCheckpoint(checkpoint: Checkpoint, key: NoteKey, signer: LogSigner): string {
  return signNote(encodeCheckpoint(checkpoint), key, (text) => Buffer.from(signer.sign(text), 'base64'))
}

/** The newest checkpoint on disk, undefined before the first. Throws `LEDGER_CORRUPT` when its signature does not hold. */
export function readCheckpoint(folder: LogFolder, key: NoteKey): Checkpoint | undefined {
  if (!existsSync(folder.checkpoint)) return undefined
  const note = readFileSync(folder.checkpoint, 'utf8')
  try {
    const parsed = parseNote(note)
    const checkpoint = decodeCheckpoint(parsed.text)
    // A crash between a change of the key and the next checkpoint leaves one of the key before.
    const before = readKeyHistory(folder.root).findLast(({ from }) => isSignedBy(parsed, from))
    const isSigned = isSignedBy(parsed, key) || (before !== undefined && checkpoint.size <= before.size)
    if (isSigned && checkpoint.origin === key.name) return checkpoint
  } catch (error) {
    throw corrupt(folder, error)
  }
  throw corrupt(folder)
}

function corrupt(folder: LogFolder, cause?: unknown): LedgerError {
  return new LedgerError('LEDGER_CORRUPT', `checkpoint ${folder.checkpoint} is not signed by this log`, {
    hint: 'run sevenfold ledger verify; restore data/ledger from a copy, or move it away to begin a new log',
    ...(cause === undefined ? {} : { cause }),
  })
}
