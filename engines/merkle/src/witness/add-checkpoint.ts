import { decodeCheckpoint } from '../note/checkpoint.ts'
import type { Checkpoint } from '../note/checkpoint.ts'
import { isSignedBy, maxNoteBytes, parseNote } from '../note/signed-note.ts'
import type { NoteKey, SignedNote } from '../note/signed-note.ts'
import { MerkleError } from '../merkle-error.ts'
import { verifyConsistency } from '../tree/verify.ts'
import { emptyRoot, hashSize } from '../tree/hash.ts'

/** Most lines of a consistency proof. C2SP tlog-witness, "add-checkpoint". */
export const maxProofLines = 63

/** Most bytes of a request: the proof, and the longest note. */
export const maxAddCheckpointBytes: number = maxNoteBytes + maxProofLines * 45 + 64

/** A request to a witness: the size it should have seen last, how the tree grew since, and the new checkpoint. */
export interface AddCheckpoint {
  readonly oldSize: number
  readonly proof: readonly Uint8Array[]
  /** The checkpoint as its signed note. */
  readonly note: string
}

/** The last checkpoint that a witness cosigned of a log. */
export type Witnessed = Pick<Checkpoint, 'size' | 'root'>

/** What a witness answers. `sign` goes with the text to cosign; the record must be on disk before the answer. */
export type WitnessVerdict =
  | { readonly kind: 'sign'; readonly checkpoint: Checkpoint; readonly text: string }
  | { readonly kind: 'conflict'; readonly size: number }
  | { readonly kind: 'refuse'; readonly status: 400 | 403 | 404 | 409 | 422; readonly why: string }

/** What a witness knows. */
export interface WitnessView {
  /** Keys that it trusts for the log of that origin; undefined for an unknown log. */
  keys(origin: string): readonly NoteKey[] | undefined
  /** What it cosigned last of that log; undefined before the first time. */
  last(origin: string): Witnessed | undefined
}

/** The text of a request. */
export function encodeAddCheckpoint({ oldSize, proof, note }: AddCheckpoint): string {
  const lines = proof.map((hash) => `${Buffer.from(hash).toString('base64')}\n`)
  return `old ${oldSize}\n${lines.join('')}\n${note}`
}

function decodeHash(line: string): Uint8Array {
  const hash = Buffer.from(line, 'base64')
  if (hash.length !== hashSize || hash.toString('base64') !== line)
    throw new MerkleError('MERKLE_BAD_PROOF', 'a line of the proof is no hash')
  return hash
}

/** The request in a text. Throws `MERKLE_BAD_PROOF`; the note is not looked at. */
export function decodeAddCheckpoint(text: string): AddCheckpoint {
  const end = text.indexOf('\n\n')
  const [first = '', ...lines] = text.slice(0, Math.max(0, end)).split('\n')
  const size = /^old (0|[1-9]\d{0,15})$/.exec(first)?.[1]
  const oldSize = Number(size)
  if (size === undefined || !Number.isSafeInteger(oldSize))
    throw new MerkleError('MERKLE_BAD_PROOF', 'the request does not begin with the old size')
  if (lines.length > maxProofLines)
    throw new MerkleError('MERKLE_BAD_PROOF', `more than ${maxProofLines} lines of proof`)
  return { oldSize, proof: lines.map(decodeHash), note: text.slice(end + 2) }
}

interface Read {
  readonly request: AddCheckpoint
  readonly note: SignedNote
  readonly checkpoint: Checkpoint
}

function read(text: string): Read | undefined {
  try {
    const request = decodeAddCheckpoint(text)
    const note = parseNote(request.note)
    return { request, note, checkpoint: decodeCheckpoint(note.text) }
  } catch (error) {
    if (error instanceof MerkleError) return undefined
    throw error
  }
}

function refuse(status: 400 | 403 | 404 | 409 | 422, why: string): WitnessVerdict {
  return { kind: 'refuse', status, why }
}

/** Whether the new tree continues the one seen last. */
function judgeGrowth({ request, note, checkpoint }: Read, last: Witnessed | undefined): WitnessVerdict {
  const known = last ?? { size: 0, root: emptyRoot() }
  const { oldSize, proof } = request
  if (oldSize > checkpoint.size) return refuse(400, 'the old size is greater than the new one')
  if (oldSize !== known.size) return { kind: 'conflict', size: known.size }
  const claim = { oldSize, newSize: checkpoint.size, oldRoot: known.root, newRoot: checkpoint.root, proof }
  const isSame = oldSize === checkpoint.size
  if (isSame && proof.length === 0 && !verifyConsistency(claim))
    return refuse(409, 'another root of the same size')
  if (!verifyConsistency(claim)) return refuse(422, 'the proof does not hold')
  return { kind: 'sign', checkpoint, text: note.text }
}

/**
 * Judges a request to cosign. Pure: whoever calls it keeps the record, and must let no other request of the same log
 * come between. C2SP tlog-witness, "add-checkpoint".
 */
export function judgeAddCheckpoint(text: string, view: WitnessView): WitnessVerdict {
  const found = read(text)
  if (found === undefined) return refuse(400, 'malformed')
  const { note, checkpoint } = found
  const keys = view.keys(checkpoint.origin)
  if (keys === undefined) return refuse(404, 'unknown log')
  if (!keys.some((key) => isSignedBy(note, key))) return refuse(403, 'no signature of a trusted key')
  return judgeGrowth(found, view.last(checkpoint.origin))
}
