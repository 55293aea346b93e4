import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { writeAtomic } from '@sevenfold/layer'
import type { Clock, Timer } from '@sevenfold/layer'
import { backoffMs } from '../backoff.ts'
import type { IntakeCounters, IntakeSource, SourceLine, TakeLines } from '../intake-source.ts'
import { LineSplitter } from '../line-splitter.ts'
import { readJournalEntry } from './journal-entry.ts'
import type { JournalEntry } from './journal-entry.ts'

/** What a journal source needs. */
export interface JournalOptions {
  /** Matches such as `_SYSTEMD_UNIT=sshd.service`, as arguments of journalctl; none: everything. */
  readonly filters: readonly string[]
  /** Where the cursor is kept over restarts. */
  readonly positionPath: string
  readonly onLines: TakeLines
  readonly onError?: (error: unknown) => void
  readonly clock: Clock
  /** Program and first arguments; default `journalctl`. */
  readonly program?: readonly string[]
}

/** Longest line of the program's output, in bytes. */
const maxOutputLine = 1_048_576
/** A filter is a match or one of these options; anything else could make the program do something else. */
const filterForm =
  /^(?:[A-Z_][A-Z0-9_]{0,63}=.{0,512}|\+|--(?:unit|identifier|facility|priority|grep|system|user|dmesg)(?:=.{0,512})?)$/s

/** Whether a filter may be given to journalctl. */
export function isJournalFilter(filter: string): boolean {
  return filterForm.test(filter)
}

/**
 * Follows the system's journal through `journalctl --output=json --follow`. The cursor of the last entry that was taken
 * is kept: after a restart of either process the next one follows it. The program is started again when it ends.
 */
export class JournalSource implements IntakeSource {
  readonly #options: JournalOptions
  #child: ChildProcess | undefined
  #running: Promise<void> | undefined
  #timer: Timer | undefined
  #closed = false
  #failures = 0
  #lines = 0
  #dropped = 0

  /** Throws RangeError for a filter that is none (see {@link isJournalFilter}). */
  constructor(options: JournalOptions) {
    const wrong = options.filters.find((filter) => !isJournalFilter(filter))
    if (wrong !== undefined)
      throw new RangeError(`${JSON.stringify(wrong.slice(0, 80))} is no filter of the journal`)
    this.#options = options
  }

  /** Begins to follow; resolves once it is known where: what is written from now on is read. */
  async start(): Promise<void> {
    if (this.#cursor() === undefined)
      await this.#findEnd().catch((error: unknown) => this.#options.onError?.(error))
    this.#run()
  }

  counters(): IntakeCounters {
    return { lines: this.#lines, dropped: this.#dropped }
  }

  #run(): void {
    if (this.#closed) return
    this.#running = this.#follow()
      .catch((error: unknown) => {
        if (!this.#closed) this.#options.onError?.(error)
      })
      .then(() => {
        this.#failures += 1
        if (!this.#closed)
          this.#timer = this.#options.clock.after(backoffMs(this.#failures), () => this.#run())
      })
  }

  #cursor(): string | undefined {
    const { positionPath } = this.#options
    if (!existsSync(positionPath)) return undefined
    const cursor = readFileSync(positionPath, 'utf8').trim()
    return /^[\w=;-]{1,512}$/.test(cursor) ? cursor : undefined
  }

  #spawn(args: readonly string[]): { readonly child: ChildProcess; readonly output: Readable } {
    const [program = 'journalctl', ...first] = this.#options.program ?? ['journalctl']
    const child = spawn(
      program,
      [...first, '--output=json', '--no-pager', '--quiet', ...args, ...this.#options.filters],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    )
    this.#child = child
    return { child, output: child.stdout }
  }

  /** The cursor of the newest entry, so that a restart before the first line does not leave anything out. */
  async #findEnd(): Promise<void> {
    const { child, output } = this.#spawn(['--lines=1'])
    const ended = endOf(child)
    for await (const entries of entriesOf(output)) {
      const last = entries.at(-1)?.entry
      if (last !== undefined) this.#keep(last.cursor)
    }
    await ended
  }

  async #follow(): Promise<void> {
    const cursor = this.#cursor()
    const { child, output } = this.#spawn([
      '--follow',
      ...(cursor === undefined ? ['--no-tail'] : ['--no-tail', `--after-cursor=${cursor}`]),
    ])
    const ended = endOf(child)
    try {
      // The program waits while we do: its output is read again only when the lines were taken.
      for await (const entries of entriesOf(output)) {
        if (this.#closed) break
        await this.#give(entries)
      }
    } finally {
      child.kill()
      await ended.catch((error: unknown) => {
        if (!this.#closed) throw error
      })
    }
  }

  async #give(entries: readonly OutputLine[]): Promise<void> {
    const known = entries.flatMap(({ entry }) => entry ?? [])
    this.#dropped += entries.length - known.length
    const last = known.at(-1)
    if (last === undefined) return
    const lines = known.map(({ text, unit }): SourceLine => ({
      text,
      from: unit,
      truncated: false,
      bytes: Buffer.byteLength(text),
    }))
    await this.#options.onLines(lines)
    this.#lines += lines.length
    this.#failures = 0
    this.#keep(last.cursor)
  }

  #keep(cursor: string): void {
    writeAtomic(this.#options.positionPath, `${cursor}\n`)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#timer?.cancel()
    this.#child?.kill()
    await this.#running
  }
}

interface OutputLine {
  readonly entry: JournalEntry | undefined
}

async function* entriesOf(output: Readable): AsyncGenerator<readonly OutputLine[]> {
  const splitter = new LineSplitter(maxOutputLine)
  for await (const chunk of output as AsyncIterable<Buffer>) {
    const lines = splitter.push(chunk)
    if (lines.length > 0) yield lines.map(({ text }) => ({ entry: readJournalEntry(text) }))
  }
}

function endOf(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      if (code === 0 || signal !== null) resolve()
      else reject(new Error(`journalctl ended with ${String(code)}`))
    })
  })
  // It may fail while its output is still being read; whoever awaits it hears of it then.
  ended.catch(() => undefined)
  return ended
}
