import { createWriteStream } from 'node:fs'

/** One answered request. */
export interface AccessLine {
  readonly event: 'access'
  readonly time: string
  /** Client address by the rule of `clientAddress`. */
  readonly peer: string
  readonly method: string
  /** Path and query as they came, cut to 2,000 characters. */
  readonly path: string
  readonly status: number
  readonly bytes: number
  readonly duration_ms: number
  readonly user_agent: string
  readonly referrer: string
  /** `X-Sevenfold-Trace` of the proxy in front, or empty. */
  readonly trace: string
  readonly request_id: string
}

/** One attempt to log in. */
export interface LoginLine {
  readonly event: 'login'
  readonly time: string
  readonly peer: string
  readonly user: string
  readonly outcome: 'success' | 'failure'
  readonly trace: string
  readonly request_id: string
}

/** The shop's own log: JSON lines that no other part writes. */
export interface RequestLog {
  write(line: AccessLine | LoginLine): void
  close(): Promise<void>
}

/** Longest text of a field that the client chose. */
export const maxLoggedText = 2000

/** Appends to `path`; without a path nothing is kept. A failing disk must not stop the shop, so errors end the log. */
export function openRequestLog(path: string | undefined): RequestLog {
  if (path === undefined || path === '') return { write: () => {}, close: () => Promise.resolve() }
  const stream = createWriteStream(path, { flags: 'a', mode: 0o600 })
  let usable = true
  stream.on('error', (error) => {
    usable = false
    process.stderr.write(`${JSON.stringify({ level: 'error', event: 'log_failed', error: error.message })}\n`)
  })
  return {
    // JSON.stringify escapes control characters, so one line stays one line whatever the client sent.
    write: (line) => {
      if (usable) stream.write(`${JSON.stringify(line)}\n`)
    },
    close: () => new Promise((resolve) => stream.end(() => resolve())),
  }
}
