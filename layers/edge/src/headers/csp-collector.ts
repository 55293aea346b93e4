import type { Finding } from '@sevenfold/event'
import { readCspReports } from './csp-report.ts'

/** Different findings that one worker tells in an hour; more are only counted. */
export const maxFindings = 500
const hourMs = 3_600_000

/** `finding.control` of a collected report. */
export const cspControl = 'edge/csp'

/** What a collector works with. */
export interface CspCollectorOptions {
  readonly report: (site: string, finding: Finding) => void
  readonly monotonicMs: () => number
}

/** Takes the reports of browsers and makes events of what is new in them, each at most once an hour. */
export class CspCollector {
  private readonly options: CspCollectorOptions
  private readonly told = new Set<string>()
  private since = 0

  constructor(options: CspCollectorOptions) {
    this.options = options
  }

  take(site: string, text: string): void {
    const now = this.options.monotonicMs()
    if (now - this.since > hourMs) {
      this.told.clear()
      this.since = now
    }
    for (const { directive, source } of readCspReports(text)) {
      const key = `${site} ${directive} ${source}`
      if (this.told.has(key) || this.told.size >= maxFindings) continue
      this.told.add(key)
      this.options.report(site, {
        control: cspControl,
        severity: 'info',
        status: 'open',
        summary: `${directive} would stop ${source}`,
        resource: `${site} ${directive} ${source}`,
      })
    }
  }
}
