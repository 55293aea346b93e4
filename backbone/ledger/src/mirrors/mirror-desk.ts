import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { ensurePrivateFolder, hostOf, loadOrCreateKeys, writeAtomic } from '@sevenfold/layer'
import { MerkleError, cosign, cosignerKey, encodeCosignerKey, maxNoteBytes } from '@sevenfold/merkle'
import { HostsError } from '../hosts/hosts-error.ts'
import { readJsonBody } from '../hosts/json-answer.ts'
import { copyKeyFile, listMirrors, mirrorsFolder, receiptFile } from './list-mirrors.ts'
import { Mirror } from './mirror.ts'
import type { NoteKey } from '@sevenfold/merkle'
import type { MirrorAnswer } from './mirror.ts'

const decompress = promisify(gunzip)

/** Where the ledger of another installation, enrolled here as a host, sends its log. */
export const mirrorPaths = { entries: '/v1/copies/entries', checkpoint: '/v1/copies/checkpoint' } as const
/** Header with the number of the first entry. */
export const firstHeader = 'sevenfold-first'
/** Most bytes of entries in one request, compressed and not. */
export const maxEntriesBytes = { compressed: 8_388_608, plain: 16_777_216 } as const

/** What the desk for copies needs. */
export interface MirrorDeskOptions {
  /** Folder of the ledger. */
  readonly dataDir: string
  /** Name of this ledger, for its cosignatures. */
  readonly origin: string
  readonly segmentBytes: number
  /** Bytes kept of all copies together, the same for each; hashes stay. */
  readonly retainBytes: number
  /** Closed segments that were not written to for this long are stored as gzip. */
  readonly gzipAfterMs: number
  readonly now: () => number
  /** Told when a copy contradicts itself: a fork, a rollback, or a stolen key. */
  readonly onConflict: (host: string, why: string) => void
  readonly onError: (error: unknown) => void
}

interface Cosigner {
  readonly key: NoteKey
  readonly sign: (bytes: Uint8Array) => Uint8Array
}

async function readEntries(request: IncomingMessage): Promise<Uint8Array> {
  const bad = (why: string): HostsError => new HostsError('HOSTS_BAD_REQUEST', why)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxEntriesBytes.compressed) throw bad('too many bytes')
    chunks.push(chunk)
  }
  const plain = await decompress(Buffer.concat(chunks), { maxOutputLength: maxEntriesBytes.plain }).catch(
    () => {
      throw bad('no gzip of entries, or too many')
    },
  )
  if (plain.length === 0 || plain.at(-1) !== 0x0a) throw bad('entries are whole lines')
  return plain
}

/** Keeps copies of other ledgers, and cosigns what it has seen of them. */
export class MirrorDesk {
  readonly #options: MirrorDeskOptions
  readonly #mirrors = new Map<string, Promise<Mirror>>()
  #known: Cosigner | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: MirrorDeskOptions) {
    this.#options = options
  }

  /** True when the request is for this desk. */
  owns(path: string): boolean {
    return path === mirrorPaths.entries || path === mirrorPaths.checkpoint
  }

  /** Takes entries or a checkpoint of the host that the connection is of. */
  async take(request: IncomingMessage): Promise<object> {
    const host = hostOf(request)
    if (host?.layer !== 'ledger' || request.method !== 'POST')
      throw new HostsError('HOSTS_FOREIGN_IDENTITY', 'only a ledger sends its copy')
    if ((request.url ?? '').startsWith(mirrorPaths.entries)) return await this.#entries(request, host.host)
    return await this.#checkpoint(request, host.host)
  }

  async #entries(request: IncomingMessage, host: string): Promise<object> {
    const text = String(request.headers[firstHeader] ?? '')
    if (!/^\d{1,15}$/.test(text)) throw new HostsError('HOSTS_BAD_REQUEST', `${firstHeader} is a number`)
    const bytes = await readEntries(request)
    return this.#answer(
      host,
      await this.#oneByOne(async () => (await this.#mirrorOf(host)).append(Number(text), bytes)),
    )
  }

  async #checkpoint(request: IncomingMessage, host: string): Promise<object> {
    const { note, key, changes } = await readJsonBody(request)
    const notes = Array.isArray(changes) ? changes.filter((change) => typeof change === 'string') : []
    if (typeof note !== 'string' || typeof key !== 'string' || note.length > maxNoteBytes)
      throw new HostsError('HOSTS_BAD_REQUEST', 'a note and the verifier key of the log are needed')
    const work = async (): Promise<MirrorAnswer> => {
      try {
        return await (await this.#mirrorOf(host)).checkpoint(note, key, notes)
      } catch (error) {
        if (error instanceof MerkleError)
          throw new HostsError('HOSTS_BAD_REQUEST', error.message, { cause: error })
        throw error
      }
    }
    const answer = this.#answer(host, await this.#oneByOne(work))
    // After the answer: the other ledger need not wait for it.
    this.#oneByOne(() => this.#pack(host)).catch(this.#options.onError)
    const { dataDir, now } = this.#options
    const { key: own, sign } = this.#cosigner()
    const cosignature = cosign(note.slice(0, note.indexOf('\n\n') + 1), own, {
      seconds: Math.floor(now() / 1000),
      sign,
    })
    // Kept here as well: whoever verifies the copy sees what we vouched for.
    writeAtomic(join(dataDir, mirrorsFolder, host, receiptFile), `${note}${cosignature}`)
    return { ...answer, cosignature, key: encodeCosignerKey(own) }
  }

  /** The key that vouches for copies; its public half lies beside them for whoever verifies. */
  #cosigner(): Cosigner {
    if (this.#known !== undefined) return this.#known
    const { dataDir, origin } = this.#options
    const keys = loadOrCreateKeys(join(dataDir, 'copy-key'))
    const key = cosignerKey(`${origin}/copies`, keys.publicKey)
    writeAtomic(join(dataDir, copyKeyFile), `${encodeCosignerKey(key)}\n`)
    this.#known = { key, sign: (bytes) => Buffer.from(keys.sign(bytes), 'base64') }
    return this.#known
  }

  #answer(host: string, answer: MirrorAnswer): object {
    if (answer.kind === 'taken') return { size: answer.size }
    if (answer.kind === 'gap') throw new HostsError('HOSTS_COPY_GAP', String(answer.expected))
    this.#options.onConflict(host, answer.why)
    throw new HostsError('HOSTS_COPY_CONFLICT', answer.why)
  }

  #mirrorOf(host: string): Promise<Mirror> {
    const known = this.#mirrors.get(host)
    if (known !== undefined) return known
    const { dataDir, segmentBytes, retainBytes } = this.#options
    ensurePrivateFolder(join(dataDir, mirrorsFolder))
    const opened = Mirror.open(join(dataDir, mirrorsFolder, host), {
      segmentBytes,
      retainBytes: () => Math.floor(retainBytes / Math.max(1, listMirrors(dataDir).length)),
    })
    this.#mirrors.set(host, opened)
    opened.catch(() => this.#mirrors.delete(host)) // told to whoever waits; the next request tries again
    return opened
  }

  async #pack(host: string): Promise<void> {
    const { now, gzipAfterMs } = this.#options
    await (await this.#mirrorOf(host)).packNext(now() - gzipAfterMs)
  }

  /** Copies are written one request at a time: they are few, and their writer takes one call at a time. */
  #oneByOne<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => undefined)
    return done
  }

  async close(): Promise<void> {
    await this.#last
    for (const mirror of this.#mirrors.values()) await (await mirror).close()
  }
}
