import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import { unfollowed } from './follow-strings.ts'
import { toSarif } from './sarif.ts'
import type { Weakness } from './weakness.ts'

/** Weaknesses of one run, and requests that are named for each. */
export const maxWeaknesses = 5_000
const maxRequests = 10
const saveAfterMs = 1_000

interface Entry {
  readonly weakness: Weakness
  readonly requests: string[]
  count: number
}

/** What a report is written to. */
export interface ReportOptions {
  /** SARIF file, written 1 s after something new and when the process ends. */
  readonly path: string
  /** File that gets one JSON line for each weakness of each request, at once. */
  readonly logPath?: string
  readonly version: string
  /** Hears of every entry once. */
  readonly onNew?: (weakness: Weakness) => void
}

/** Gathers weaknesses: one entry for each class, place and source. */
export class Report {
  readonly #options: ReportOptions
  readonly #entries = new Map<string, Entry>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: ReportOptions) {
    this.#options = options
    process.on('exit', () => this.save())
  }

  /** Adds a weakness. */
  add(weakness: Weakness): void {
    unfollowed(() => this.#add(weakness))
  }

  #add(weakness: Weakness): void {
    const { name, sink, place, source, request, detail } = weakness
    if (this.#options.logPath !== undefined)
      appendFileSync(
        this.#options.logPath,
        `${JSON.stringify({ name, sink, place, request, detail, ...(source === undefined ? {} : { source: { kind: source.kind, name: source.name } }) })}\n`,
      )
    // Many ways may end in one line that runs whatever it is given.
    const last = weakness.steps?.at(-1)?.place ?? ''
    const key = [name, sink, place, last, source?.kind, source?.name].join('\n')
    const known = this.#entries.get(key)
    if (known !== undefined) {
      known.count += 1
      if (known.requests.length < maxRequests && !known.requests.includes(request))
        known.requests.push(request)
      return
    }
    if (this.#entries.size >= maxWeaknesses) return
    this.#entries.set(key, { weakness, requests: [request], count: 1 })
    this.#options.onNew?.(weakness)
    this.#timer ??= setTimeout(() => this.save(), saveAfterMs).unref()
  }

  /** Writes the file now. */
  save(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    unfollowed(() => {
      const text = JSON.stringify(toSarif([...this.#entries.values()], this.#options.version), undefined, 1)
      const temporary = `${this.#options.path}.${process.pid}.tmp`
      try {
        writeFileSync(temporary, `${text}\n`)
        renameSync(temporary, this.#options.path)
      } catch (error) {
        process.emitWarning(`the report could not be written: ${String(error)}`, {
          code: 'SEVENFOLD_IAST_REPORT',
        })
      }
    })
  }
}
