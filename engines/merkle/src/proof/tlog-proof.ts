import { MerkleError } from '../merkle-error.ts'
import { decodeCheckpoint } from '../note/checkpoint.ts'
import type { Checkpoint } from '../note/checkpoint.ts'
import { cosignedAt } from '../note/cosignature.ts'
import { isSignedBy, maxNoteBytes, parseNote } from '../note/signed-note.ts'
import type { NoteKey } from '../note/signed-note.ts'
import { hashSize } from '../tree/hash.ts'
import { verifyInclusion } from '../tree/verify.ts'

/** First line of a proof. C2SP tlog-proof. */
const header = 'c2sp.org/tlog-proof@v1'

/** Most hashes of a proof: the depth of the largest tree. */
const maxHashes = 63

/** Most bytes of a proof that is read. */
export const maxTlogProofBytes: number = maxNoteBytes + 64 * 1024

/** A receipt: an entry is in a log, told by the log and its witnesses, to be verified without asking anybody. */
export interface TlogProof {
  readonly index: number
  readonly hashes: readonly Uint8Array[]
  /** The checkpoint with its signature and cosignatures, as its note. */
  readonly checkpoint: string
  /** Bytes with a meaning for the application only. */
  readonly extra?: Uint8Array
}

/** Who must have signed. */
export interface ProofPolicy {
  readonly log: NoteKey
  readonly witnesses: readonly NoteKey[]
  /** How many of the witnesses must have cosigned. */
  readonly quorum: number
}

/** What a proof that holds says. */
export interface ProvenEntry {
  readonly index: number
  readonly checkpoint: Checkpoint
  /** Names of the witnesses that cosigned, each with the time in seconds since 1970. */
  readonly witnesses: ReadonlyMap<string, number>
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/** The text of a proof, for a file with the ending `.tlog-proof`. */
export function encodeTlogProof({ index, hashes, checkpoint, extra }: TlogProof): string {
  const lines = [
    header,
    ...(extra === undefined ? [] : [`extra ${base64(extra)}`]),
    `index ${index}`,
    ...hashes.map(base64),
  ]
  return `${lines.join('\n')}\n\n${checkpoint}`
}

function bad(why: string): never {
  throw new MerkleError('MERKLE_BAD_PROOF', why)
}

function decodeBytes(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) bad('a line is no base64')
  return bytes
}

/** The proof in a text. Throws `MERKLE_BAD_PROOF`; nothing is verified yet. */
export function decodeTlogProof(text: string): TlogProof {
  if (Buffer.byteLength(text) > maxTlogProofBytes) bad('the proof is too long')
  const end = text.indexOf('\n\n')
  const [first, ...rest] = text.slice(0, Math.max(0, end)).split('\n')
  if (first !== header) bad(`a proof begins with ${header}`)
  const extra = rest[0]?.startsWith('extra ') === true ? decodeBytes(rest.shift()?.slice(6) ?? '') : undefined
  const index = /^index (0|[1-9]\d{0,15})$/.exec(rest.shift() ?? '')?.[1]
  if (index === undefined || !Number.isSafeInteger(Number(index))) bad('the index is missing')
  if (rest.length > maxHashes) bad(`more than ${maxHashes} hashes`)
  const hashes = rest.map(decodeBytes)
  if (hashes.some((hash) => hash.length !== hashSize)) bad('a hash has 32 bytes')
  const base = { index: Number(index), hashes, checkpoint: text.slice(end + 2) }
  return extra === undefined ? base : { ...base, extra }
}

/**
 * What the proof says about the entry whose leaf hash is given; undefined when it does not hold: another log, another
 * entry, a missing signature, too few witnesses. Throws `MERKLE_BAD_NOTE` for a malformed checkpoint.
 */
export function verifyTlogProof(
  proof: TlogProof,
  leaf: Uint8Array,
  policy: ProofPolicy,
): ProvenEntry | undefined {
  const note = parseNote(proof.checkpoint)
  const checkpoint = decodeCheckpoint(note.text)
  if (checkpoint.origin !== policy.log.name || !isSignedBy(note, policy.log)) return undefined
  const witnesses = new Map<string, number>()
  for (const key of policy.witnesses) {
    const seconds = cosignedAt(note, key)
    if (seconds !== undefined) witnesses.set(key.name, seconds)
  }
  if (witnesses.size < policy.quorum) return undefined
  const { index, hashes } = proof
  const { size, root } = checkpoint
  return verifyInclusion({ index, size, leaf, root, proof: hashes })
    ? { index, checkpoint, witnesses }
    : undefined
}
