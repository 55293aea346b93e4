import { cpSync, existsSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { encodeVerifierKey, noteKey } from '@sevenfold/merkle'
import { openLedgerLog } from '@sevenfold/ledger'
import type { LedgerProblemCode } from '@sevenfold/ledger'
import { packSegment } from '../src/segments/pack-segment.ts'
import { batchOf, createSigner, eventLine, smallLog, temporaryFolder } from './fixtures.ts'

/** What somebody does to a log. */
export interface Tamper {
  readonly name: string
  readonly change: (folder: string, victim: Victim) => Promise<void> | void
  /** What verification must name, among others. */
  readonly codes: readonly LedgerProblemCode[]
  /** The entry that it must name. */
  readonly entry?: number
  /** Only where closed segments are stored this way. */
  readonly form?: 'packed'
}

/** How the closed segments of a log are stored. */
export const forms = ['plain', 'packed'] as const
export type Form = (typeof forms)[number]

const entries = 600

/** The line of an entry of the log. */
export const line = (sequence: number): string => eventLine('edge/w0', 'low', sequence)

/** Segment files of a log, oldest first. */
export function segmentsOf(folder: string): string[] {
  return readdirSync(join(folder, 'segments'))
    .toSorted()
    .map((name) => join(folder, 'segments', name))
}

const textOf = (path: string): string => {
  const bytes = readFileSync(path)
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
}

/** Changes the text of the segment that holds `needle`, and stores it in the form that it had. */
async function edit(folder: string, needle: string, change: (text: string) => string): Promise<void> {
  const path = segmentsOf(folder).find((segment) => textOf(segment).includes(needle))
  if (path === undefined) throw new Error(`no segment holds ${needle}`)
  const text = change(textOf(path))
  if (text.includes(needle) && text === textOf(path)) throw new Error('nothing was changed')
  if (!path.endsWith('.gz')) return writeFileSync(path, text)
  rmSync(path)
  writeFileSync(path.slice(0, -3), text)
  await packSegment(join(folder, 'segments'), Number(/(\d{20})/u.exec(path)?.[1]))
}

/** A log that nobody touched, in both forms, with what a careful owner keeps elsewhere; and copies of it to do things to. */
export class Victim {
  readonly #root = temporaryFolder()
  readonly signer = createSigner()
  readonly thief = createSigner()
  /** Checkpoints seen earlier, oldest first. */
  readonly checkpoints: string[] = []
  #copies = 0

  /** The verifier key, kept elsewhere. */
  get verifierKey(): string {
    return encodeVerifierKey(noteKey('example.org/ledger', this.signer.publicKey))
  }

  /** Folder of the untouched log. */
  good(form: Form): string {
    return join(this.#root.path, form)
  }

  /** A path in the folder of all of it. */
  path(name: string): string {
    return join(this.#root.path, name)
  }

  /** Writes the log. */
  async begin(): Promise<void> {
    const folder = this.good('plain')
    const log = await openLedgerLog(smallLog(folder, this.signer))
    for (let first = 1; first <= entries; first += 60) {
      await log.append(batchOf('edge/w0', first, 60))
      await log.checkpoint()
      this.checkpoints.push(readFileSync(join(folder, 'checkpoint'), 'utf8'))
    }
    await log.close()
    cpSync(folder, this.good('packed'), { recursive: true })
    const again = await openLedgerLog(smallLog(this.good('packed'), this.signer))
    while ((await again.packNext(Number.POSITIVE_INFINITY)) !== undefined);
    await again.close()
  }

  /** A copy of the log after the deed. */
  async tampered(form: Form, change: Tamper['change']): Promise<string> {
    this.#copies += 1
    const folder = this.path(`copy-${this.#copies}`)
    cpSync(this.good(form), folder, { recursive: true })
    await change(folder, this)
    return folder
  }

  /** Puts a log over other entries in its place, signed with a key that was stolen together with the folder. */
  async rewrite(folder: string, key: typeof this.signer, sequences: readonly number[]): Promise<void> {
    rmSync(folder, { recursive: true, force: true })
    const log = await openLedgerLog(smallLog(folder, key))
    for (const sequence of sequences) await log.append(batchOf('edge/w0', sequence, 1))
    await log.close()
  }

  remove(): void {
    this.#root.remove()
  }
}

const numbers = (count: number, skip = Number.POSITIVE_INFINITY): number[] =>
  Array.from({ length: count }, (_, i) => (i + 1 < skip ? i + 1 : i + 2))

/** A packed segment in the middle. */
function packedSegment(folder: string): string {
  const path = segmentsOf(folder)[5] ?? ''
  if (!path.endsWith('.gz') || !existsSync(path)) throw new Error('it is not packed')
  return path
}

/** Every way that we know to make a log say something else. */
const tampers: readonly Tamper[] = [
  {
    name: 'an edit: one byte of an entry',
    change: (folder) =>
      edit(folder, line(123), (text) => text.replace(line(123), line(123).replace('access', 'excess'))),
    codes: ['entry-changed', 'root-mismatch'],
    entry: 122,
  },
  {
    name: 'a drop: an entry',
    change: (folder) => edit(folder, line(300), (text) => text.replace(`${line(300)}\n`, '')),
    codes: ['segment-gap', 'truncated'],
  },
  {
    name: 'a drop: an entry of the last segment',
    change: (folder) => edit(folder, line(590), (text) => text.replace(`${line(590)}\n`, '')),
    codes: ['sequence-gap', 'truncated'],
    entry: 589,
  },
  {
    name: 'a drop: a segment in the middle',
    change: (folder) => rmSync(segmentsOf(folder)[5] ?? ''),
    codes: ['segment-gap', 'truncated'],
  },
  {
    name: 'a reorder: two entries that changed places',
    change: (folder) =>
      edit(folder, line(301), (text) =>
        text.replace(line(300), 'x').replace(line(301), line(300)).replace('x', line(301)),
      ),
    codes: ['entry-changed', 'sequence-repeated'],
  },
  {
    name: 'an insertion',
    change: (folder) =>
      edit(folder, line(300), (text) => text.replace(line(300), `${line(300)}\n${line(9000)}`)),
    codes: ['segment-gap'],
  },
  {
    name: 'an edit: an entry that is no event',
    change: (folder) => edit(folder, line(300), (text) => text.replace(line(300), 'no event')),
    codes: ['entry-unreadable', 'entry-changed'],
    entry: 299,
  },
  {
    name: 'a forged sequence',
    change: (folder) =>
      edit(folder, line(300), (text) =>
        text.replace(line(300), line(300).replace('"sequence":300', '"sequence":3')),
      ),
    codes: ['sequence-repeated', 'entry-changed'],
  },
  {
    name: 'a truncation: a cut end',
    change: (folder) => truncateSync(segmentsOf(folder).at(-1) ?? '', 1),
    codes: ['truncated'],
  },
  {
    name: 'a truncation: no last segment',
    change: (folder) => rmSync(segmentsOf(folder).at(-1) ?? ''),
    codes: ['truncated'],
  },
  {
    name: 'a changed tile',
    change: (folder) => {
      const path = join(folder, 'tile/0/001')
      const bytes = readFileSync(path)
      bytes[40] = (bytes[40] ?? 0) ^ 1
      writeFileSync(path, bytes)
    },
    codes: ['entry-changed'],
    entry: 257,
  },
  {
    name: 'a missing tile',
    change: (folder) => rmSync(join(folder, 'tile/0/001')),
    codes: ['tile-missing'],
  },
  {
    name: 'a checkpoint with another size',
    change: (folder, { checkpoints }) =>
      writeFileSync(join(folder, 'checkpoint'), (checkpoints.at(-1) ?? '').replace('\n600\n', '\n599\n')),
    codes: ['checkpoint-invalid'],
  },
  {
    name: 'a checkpoint that is gone',
    change: (folder) => rmSync(join(folder, 'checkpoint')),
    codes: ['checkpoint-missing'],
  },
  {
    name: 'a rollback: an older checkpoint, and no later segments',
    change: (folder, { checkpoints }) => {
      const path = segmentsOf(folder)
      writeFileSync(join(folder, 'checkpoint'), checkpoints[4] ?? '')
      for (const late of path.slice(30)) rmSync(late)
    },
    codes: ['rolled-back'],
  },
  {
    name: 'a rollback: the beginning of the log, signed anew with the stolen key of the log',
    change: (folder, victim) => victim.rewrite(folder, victim.signer, numbers(300)),
    codes: ['rolled-back'],
  },
  {
    name: 'a fork: another last entry, signed with the stolen key of the log',
    change: (folder, victim) => victim.rewrite(folder, victim.signer, [...numbers(599), 9000]),
    codes: ['forked'],
  },
  {
    name: 'a rewrite: one entry left out, signed with the stolen key of the log',
    change: (folder, victim) => victim.rewrite(folder, victim.signer, numbers(700, 100)),
    codes: ['forked'],
  },
  {
    name: 'a rewrite, signed with another key',
    change: (folder, victim) => victim.rewrite(folder, victim.thief, [1, 2, 3]),
    codes: ['key-changed'],
  },
  {
    name: 'another key beside it',
    change: (folder, { thief }) => {
      const other = encodeVerifierKey(noteKey('example.org/ledger', thief.publicKey))
      writeFileSync(join(folder, 'log.vkey'), `${other}\n`)
    },
    codes: ['key-changed'],
  },
  {
    name: 'a byte of a packed segment',
    change: (folder) => {
      const path = packedSegment(folder)
      const bytes = readFileSync(path)
      bytes[60] = (bytes[60] ?? 0) ^ 1
      writeFileSync(path, bytes)
    },
    codes: ['segment-damaged', 'truncated'],
    form: 'packed',
  },
  {
    name: 'a cut packed segment',
    change: (folder) => truncateSync(packedSegment(folder), 200),
    codes: ['segment-damaged', 'truncated'],
    form: 'packed',
  },
  {
    name: 'a packed segment in the place of another',
    change: (folder) => cpSync(segmentsOf(folder)[3] ?? '', packedSegment(folder)),
    codes: ['entry-changed'],
    form: 'packed',
  },
]

/** The deeds that can be done to a log in this form. */
export const tampersOf = (form: Form): readonly Tamper[] =>
  tampers.filter((tamper) => tamper.form === undefined || tamper.form === form)
