import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncDirectory } from '@sevenfold/layer'
import { addressText } from '../authority/address-number.ts'
import type { NumberRange } from '../authority/address-number.ts'
import { carveRange } from '../authority/carve-range.ts'
import type { BanView } from './ban-view.ts'
import type { Interval } from './disjoint-ranges.ts'
import type { Enforcer } from './enforcer.ts'
import { runProgram } from './run-program.ts'

/** How one line is written. */
export type MapForm = 'haproxy' | 'nginx'

/** What a map file needs. */
export interface MapFileOptions {
  readonly form: MapForm
  readonly file: string
  /** Makes the proxy read it anew; program and arguments. */
  readonly reload?: readonly string[]
  readonly reloadTimeoutMs?: number
}

// Types are ours or somebody's free text: only words reach a file that a proxy parses.
const word = (type: string): string => (/^[a-z][a-z0-9-]{0,31}$/.test(type) ? type : 'ban')

/** The fewest CIDR ranges that make up an interval. */
export function cidrsOf({
  family,
  first,
  last,
}: Pick<Interval, 'family' | 'first' | 'last'>): readonly NumberRange[] {
  const bits = family === 'ipv4' ? 32 : 128
  const whole: NumberRange = { family, prefix: 0, first: 0n, last: (1n << BigInt(bits)) - 1n }
  const hole = (from: bigint, to: bigint): NumberRange[] =>
    from > to ? [] : [{ family, prefix: 0, first: from, last: to }]
  return carveRange(whole, [...hole(0n, first - 1n), ...hole(last + 1n, whole.last)]) ?? []
}

function* lines(form: MapForm, view: BanView): Generator<string> {
  const line = (key: string, type: string): string =>
    form === 'haproxy' ? `${key} ${word(type)}\n` : `${key} ${word(type)};\n`
  yield '# Written by sevenfold; changes are overwritten.\n'
  for (const { address, type } of view.addresses()) yield line(address, type)
  for (const interval of view.ranges())
    for (const { first, prefix, family } of cidrsOf(interval))
      yield line(`${addressText(first, family)}/${prefix}`, 'ban')
}

const linesPerWrite = 5_000
/** Least time between two reloads of a proxy, in milliseconds: each starts new workers beside the old ones. */
export const reloadRestMs = 1_000

/**
 * A file of banned addresses: `ADDRESS TYPE` for `map_ip` of HAProxy, `ADDRESS TYPE;` for a `geo` block of nginx.
 * Written beside and renamed, so that a proxy reads the old or the new list and never a half. Fails static: an old file
 * stays as it is, with bans that may be over.
 */
export class MapFile implements Enforcer {
  readonly name: string
  readonly restMs: number
  readonly #options: MapFileOptions

  constructor(options: MapFileOptions) {
    this.#options = options
    this.name = `${options.form} map ${options.file}`
    this.restMs = options.reload === undefined ? 0 : reloadRestMs
  }

  async replace(view: BanView): Promise<void> {
    const { file, form, reload, reloadTimeoutMs } = this.#options
    const temporary = `${file}.new`
    // Readable for the proxy, which runs as another user: addresses are no secret.
    const handle = await open(temporary, 'w', 0o644)
    try {
      let batch: string[] = []
      for (const line of lines(form, view)) {
        batch.push(line)
        if (batch.length < linesPerWrite) continue
        await handle.appendFile(batch.join(''))
        batch = []
      }
      await handle.appendFile(batch.join(''))
      await handle.datasync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
    syncDirectory(dirname(file))
    if (reload !== undefined)
      await runProgram({ argv: reload, input: '', timeoutMs: reloadTimeoutMs ?? 10_000 })
  }

  update(_change: unknown, view: BanView): Promise<void> {
    return this.replace(view)
  }

  isIntact(): Promise<boolean> {
    return Promise.resolve(true)
  }

  stop(): Promise<void> {
    return Promise.resolve()
  }
}

/** The text of the whole file. */
export function mapText(form: MapForm, view: BanView): string {
  return [...lines(form, view)].join('')
}
