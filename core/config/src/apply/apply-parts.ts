import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomic } from '@sevenfold/layer'
import type { CompiledConfig } from '../compiled/compile-config.ts'
import type { PartConfigs } from '../compiled/part-config.ts'

/** A part that has a compiled configuration. */
export type ConfiguredPart = keyof PartConfigs

/** Names of the parts that have a compiled configuration. */
export const configuredParts: readonly ConfiguredPart[] = [
  'ledger',
  'collector',
  'alerts',
  'detection',
  'edge',
  'console',
  'runtime',
]

/** Text of a part's `config.json`: stable for the same configuration, so that the digest is too. */
export function configText(config: PartConfigs[ConfiguredPart]): string {
  return `${JSON.stringify(config, undefined, 2)}\n`
}

/** SHA-256 of a `config.json` as it stands on disk, lower-case hex; what heartbeats report. */
export function configDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

interface Change {
  readonly part: ConfiguredPart
  readonly folder: string
  readonly text: string
  /** What stood there before; undefined on the first write. */
  readonly before: string | undefined
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

async function changesOf(compiled: CompiledConfig, also: ReadonlySet<string>): Promise<Change[]> {
  const changes: Change[] = []
  for (const part of configuredParts) {
    const folder = join(compiled.dataDir, part)
    const text = configText(compiled.parts[part])
    const before = await readIfThere(join(folder, 'config.json'))
    if (before !== text || also.has(part)) changes.push({ part, folder, text, before })
  }
  return changes
}

async function put(change: Change): Promise<void> {
  await mkdir(change.folder, { recursive: true, mode: 0o700 })
  writeAtomic(join(change.folder, 'config.json'), change.text)
}

async function takeBack(changes: readonly Change[], accept: Accept): Promise<void> {
  for (const { part, folder, before, text } of [...changes].reverse()) {
    // Whoever refused what its files hold now went on with what it had.
    if (before === undefined || before === text) continue
    writeAtomic(join(folder, 'config.json'), before)
    await accept(part)
  }
}

/** Asks a running part to take its new `config.json`. Resolves to undefined when it did, or to why it refused. */
export type Accept = (part: ConfiguredPart) => Promise<string | undefined>

/** What came of writing a configuration. */
export type Applied =
  | { readonly ok: true; readonly changed: readonly ConfiguredPart[] }
  | { readonly ok: false; readonly part: ConfiguredPart; readonly reason: string }

/**
 * Writes `data/<part>/config.json` for every part whose configuration changed and asks each part to accept. The first
 * refusal takes everything back, so a reload happens as a whole or not at all. `config.last-good.json` is the part's
 * own: it writes there what it has started with. Throws only when the disk does.
 * @param also parts that are asked in any case, because files that their configuration names may have changed.
 */
export async function applyConfig(
  compiled: CompiledConfig,
  accept: Accept,
  also: ReadonlySet<string> = new Set(),
): Promise<Applied> {
  const done: Change[] = []
  for (const change of await changesOf(compiled, also)) {
    done.push(change)
    await put(change)
    const reason = await accept(change.part)
    if (reason === undefined) continue
    await takeBack(done, accept)
    return { ok: false, part: change.part, reason }
  }
  return { ok: true, changed: done.map(({ part }) => part) }
}
