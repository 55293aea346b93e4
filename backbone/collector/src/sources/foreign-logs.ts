import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { CollectorConfig } from '@sevenfold/config'
import { createRedactor, uuidV7 } from '@sevenfold/event'
import type { EventDraft, Redactor } from '@sevenfold/event'
import { openSource } from '@sevenfold/intake'
import type { OpenSource, SourceLine } from '@sevenfold/intake'
import { ensurePrivateFolder } from '@sevenfold/layer'
import type { PartContext } from '@sevenfold/layer'
import { compileRegex } from '@sevenfold/regex'
import { importDraft, unreadDraft } from '../importers/import-draft.ts'
import type { ImportContext } from '../importers/import-draft.ts'
import { ImportError } from '../importers/importer.ts'
import type { ReadLine } from '../importers/importer.ts'
import { findImporter } from '../importers/importers.ts'
import { LineQuota } from './line-quota.ts'

type Source = CollectorConfig['sources'][number]
type Context = PartContext<object>

/** What is known of a source. */
export interface ForeignLogState {
  readonly name: string
  readonly format: string
  /** Lines that became events, and those that nobody could read (kept as they were). */
  readonly lines: number
  readonly unread: number
  /** Lines and messages that were lost, because nobody took them in time or they had no form. */
  readonly dropped: number
  /** Port it listens on; 0 for sources that do not listen. */
  readonly port: number
  /** Why it is not read, when it is not. */
  readonly problem?: string
}

/** The foreign logs that are read. */
export interface ForeignLogs {
  states(): readonly ForeignLogState[]
  close(): Promise<void>
}

/** The form of a source: its own, or what its place implies. */
export function formatOf({ format, kubernetesAudit, otlp }: Source): string {
  if (format !== undefined) return format
  if (kubernetesAudit !== undefined) return 'kubernetes'
  return otlp === undefined ? 'syslog' : 'otel'
}

/** One source: its lines become events, and are taken when those are on disk. */
class ForeignLog {
  readonly #source: Source
  readonly #context: Context
  readonly #read: ReadLine
  readonly #module: string
  readonly #quota: LineQuota
  readonly #redactor: Redactor
  #opened: OpenSource | undefined
  #lines = 0
  #unread = 0
  #problem: string | undefined

  constructor(source: Source, context: Context) {
    this.#source = source
    this.#context = context
    this.#module = formatOf(source)
    this.#read = (findImporter(this.#module) ?? findImporter('syslog'))?.open() ?? (() => undefined)
    this.#redactor = createRedactor(context.keys.redactionKey)
    this.#quota = new LineQuota(source.quota, context.clock)
  }

  async open(folder: string): Promise<void> {
    const { name } = this.#source
    const file = `${createHash('sha256').update(name).digest('hex').slice(0, 16)}.json`
    const onError = (error: unknown): void =>
      this.#context.log.warn('source-unreadable', { source: name, error })
    try {
      this.#opened = await openSource(this.#source, {
        positionPath: join(folder, file),
        clock: this.#context.clock,
        beginTest: (pattern) => {
          const begin = compileRegex(pattern, { mode: 'string' })
          return (text) => begin.test(text)
        },
        onLines: (lines) => this.#take(lines),
        onError,
      })
    } catch (error) {
      // One source that cannot be opened (a port in use, a certificate that is gone) leaves the others to be read.
      this.#problem = error instanceof Error ? error.message.slice(0, 200) : 'cannot be opened'
      onError(error)
      const { events } = this.#context
      this.#context.emit(
        events.notice('source-closed', `source ${name} cannot be read: ${this.#problem}`, 60),
      )
    }
  }

  async #take(lines: readonly SourceLine[]): Promise<void> {
    await this.#quota.take(lines.length)
    for (const { text } of lines) this.#takeLine(text)
    // Positions move on and senders are answered only when the events are on disk.
    await this.#context.spool.flush()
  }

  #takeLine(line: string): void {
    const draft = this.#draft(line)
    if (draft === undefined) return
    this.#lines += 1
    this.#context.emit(draft)
  }

  #draft(line: string): EventDraft | undefined {
    const context: ImportContext = {
      source: this.#source.name,
      now: () => this.#context.clock.now(),
      newId: uuidV7,
      redactor: this.#redactor,
    }
    try {
      const imported = this.#read(line)
      return imported === undefined ? undefined : importDraft(imported, context)
    } catch (error) {
      if (!(error instanceof ImportError)) throw error
      this.#unread += 1
      return unreadDraft(line, this.#module, error.message, context)
    }
  }

  get state(): ForeignLogState {
    return {
      name: this.#source.name,
      format: this.#module,
      lines: this.#lines - this.#unread,
      unread: this.#unread,
      dropped: this.#opened?.dropped() ?? 0,
      port: this.#opened?.port ?? 0,
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    }
  }

  async close(): Promise<void> {
    await this.#opened?.close()
  }
}

/** Reads the logs of other programs. Once this resolves every source has its place: what is written from now on is read. */
export async function followForeignLogs(sources: readonly Source[], context: Context): Promise<ForeignLogs> {
  const folder = join(context.dataDir, 'intake')
  ensurePrivateFolder(folder)
  const logs = sources.map((source) => new ForeignLog(source, context))
  await Promise.all(logs.map((log) => log.open(folder)))
  return {
    states: () => logs.map(({ state }) => state),
    close: async () => void (await Promise.all(logs.map((log) => log.close()))),
  }
}
