import {
  consistencyProof,
  cosignedAt,
  decodeCheckpoint,
  decodeCosignerKey,
  encodeAddCheckpoint,
  parseNote,
  tileHashReader,
} from '@sevenfold/merkle'
import type { Checkpoint, NoteKey, TileSource } from '@sevenfold/merkle'

/** Sends a body to a URL; an answer of any status is no error. */
export type Post = (
  url: string,
  body: string,
  signal: AbortSignal,
) => Promise<{ readonly status: number; readonly text: string }>

/** A witness to ask. */
export interface WitnessTarget {
  /** Submission prefix. */
  readonly url: string
  /** Verifier key, of type 4. */
  readonly key: string
}

/** What asking for cosignatures needs. */
export interface CosignerOptions {
  readonly witnesses: readonly WitnessTarget[]
  readonly post: Post
  /** Reads the tiles of the log. */
  readonly tiles: TileSource
}

/** What became of one round. */
export interface CosignedRound {
  /** The checkpoint with every cosignature that holds. */
  readonly note: string
  readonly cosigners: readonly string[]
  /** Why a witness did not cosign, by its URL. */
  readonly failures: ReadonlyMap<string, string>
}

/** Longest wait for one witness, in milliseconds. */
export const witnessTimeoutMs = 10_000

interface Known {
  readonly target: WitnessTarget
  readonly key: NoteKey
  /** Size that the witness cosigned last, as far as we know. */
  size: number
}

const endpointOf = ({ url }: WitnessTarget): string => `${url.replace(/\/+$/, '')}/add-checkpoint`

/** Asks witnesses for cosignatures of each new checkpoint. */
export class Cosigner {
  readonly #options: CosignerOptions
  readonly #known: readonly Known[]

  /** Throws `MERKLE_BAD_KEY` for a witness's key of another form. */
  constructor(options: CosignerOptions) {
    this.#options = options
    this.#known = options.witnesses.map((target) => ({ target, key: decodeCosignerKey(target.key), size: 0 }))
  }

  /** Asks all witnesses at once. Never rejects: who does not answer is a failure of the round. */
  async round(note: string): Promise<CosignedRound> {
    const checkpoint = decodeCheckpoint(parseNote(note).text)
    const failures = new Map<string, string>()
    const lines = await Promise.all(
      this.#known.map(async (witness) => {
        try {
          return await this.#ask(witness, note, checkpoint)
        } catch (error) {
          failures.set(witness.target.url, error instanceof Error ? error.message : String(error))
          return undefined
        }
      }),
    )
    const cosigners = this.#known.filter((_, index) => lines[index] !== undefined).map(({ key }) => key.name)
    return { note: note + lines.filter((line) => line !== undefined).join(''), cosigners, failures }
  }

  async #ask(witness: Known, note: string, checkpoint: Checkpoint): Promise<string> {
    const first = await this.#send(witness, note, checkpoint)
    // It knows another size: after a restart of ours, or when a round was lost on the way.
    const size = first.status === 409 ? /^(0|[1-9]\d{0,15})\n?$/.exec(first.text)?.[1] : undefined
    if (size !== undefined && Number(size) > checkpoint.size)
      throw new Error(
        `has seen ${size} entries of this log, which has ${checkpoint.size}: the log was rolled back`,
      )
    if (size !== undefined) witness.size = Number(size)
    const answer = size === undefined ? first : await this.#send(witness, note, checkpoint)
    if (answer.status !== 200)
      throw new Error(`answers ${answer.status}: ${answer.text.trim().slice(0, 200)}`)
    return this.#lineOf(witness, note, { text: answer.text, size: checkpoint.size })
  }

  #send(witness: Known, note: string, { size }: Checkpoint): ReturnType<Post> {
    const oldSize = Math.min(witness.size, size)
    const reader = tileHashReader(size, this.#options.tiles)
    const proof = oldSize === 0 || oldSize === size ? [] : consistencyProof(reader, oldSize, size)
    const body = encodeAddCheckpoint({ oldSize, proof, note })
    return this.#options.post(endpointOf(witness.target), body, AbortSignal.timeout(witnessTimeoutMs))
  }

  /** Takes only the line that holds for the key that we were given; whatever else came with it is left out. */
  #lineOf(witness: Known, note: string, answer: { readonly text: string; readonly size: number }): string {
    const { key } = witness
    for (const line of answer.text.split('\n').filter((text) => text.startsWith(`— ${key.name} `))) {
      if (cosignedAt(parseNote(`${note}${line}\n`), key) === undefined) continue
      witness.size = answer.size
      return `${line}\n`
    }
    throw new Error('its answer holds no cosignature of the configured key')
  }
}
