import { escapeText } from '@sevenfold/event'
import type { Clock } from '../clock/clock.ts'

/** Fields of one log line. Text in them may come from an attacker: it is escaped and cut here. */
export type LogFields = Readonly<Record<string, unknown>>

/** Structured log: one JSON object a line. `event` is a stable kebab-case name, never built from input. */
export interface Logger {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

/** Severity of a log line, lowest first. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** What a logger needs. */
export interface LoggerOptions {
  /** Who logs, for example `edge/w0`. */
  readonly agent: string
  readonly clock: Clock
  /** Takes one line with its newline; default writes to stderr. */
  readonly write?: (line: string) => void
  /** Lowest level written; default `info`. */
  readonly level?: LogLevel
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']
const maxFields = 32
const maxDepth = 4
/** Lines of one event name within a minute; the rest is counted and told with the next line of that name. */
export const maxLogLinesPerMinute = 60
const windowMs = 60_000
const maxTrackedNames = 1000

function safeValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return escapeText(value)
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function')
    return typeof value
  if (typeof value !== 'object' || value === null) return value
  if (depth >= maxDepth) return '…'
  if (value instanceof Error) return errorFields(value, depth)
  if (Array.isArray(value)) return value.slice(0, maxFields).map((item) => safeValue(item, depth + 1))
  return safeObject(value, depth)
}

function safeObject(value: object, depth: number): Record<string, unknown> {
  const out: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const [key, item] of Object.entries(value).slice(0, maxFields))
    out[escapeText(key, 64)] = safeValue(item, depth + 1)
  return out
}

function errorFields(error: Error, depth: number): Record<string, unknown> {
  return {
    name: escapeText(error.name, 64),
    message: escapeText(error.message),
    ...('code' in error && typeof error.code === 'string' ? { code: escapeText(error.code, 64) } : {}),
    ...(error.cause === undefined ? {} : { cause: safeValue(error.cause, depth + 1) }),
  }
}

interface Window {
  startedMs: number
  lines: number
  suppressed: number
}

/** Bounds the lines of one event name: a log that an attacker can fill is a way to fill a disk. */
function createLimiter(clock: Clock): (event: string) => { write: boolean; suppressed: number } {
  const windows = new Map<string, Window>()
  return (event) => {
    const now = clock.monotonicMs()
    let window = windows.get(event)
    if (window === undefined || now - window.startedMs >= windowMs) {
      const suppressed = window?.suppressed ?? 0
      if (windows.size >= maxTrackedNames) windows.clear()
      window = { startedMs: now, lines: 1, suppressed: 0 }
      windows.set(event, window)
      return { write: true, suppressed }
    }
    window.lines += 1
    if (window.lines <= maxLogLinesPerMinute) return { write: true, suppressed: 0 }
    window.suppressed += 1
    return { write: false, suppressed: 0 }
  }
}

/** A logger that writes JSON lines to stderr. Never throws: a log line that cannot be written is lost. */
export function createLogger(options: LoggerOptions): Logger {
  const lowest = levels.indexOf(options.level ?? 'info')
  const write = options.write ?? ((line: string): void => void process.stderr.write(line))
  const admit = createLimiter(options.clock)
  const log = (level: LogLevel, event: string, fields: LogFields = {}): void => {
    if (levels.indexOf(level) < lowest) return
    const { write: admitted, suppressed } = admit(event)
    if (!admitted) return
    const head = { time: new Date(options.clock.now()).toISOString(), level, agent: options.agent, event }
    try {
      const more = suppressed === 0 ? {} : { suppressed }
      write(`${JSON.stringify({ ...safeObject(fields, 0), ...more, ...head })}\n`)
    } catch {
      // A getter that throws, or a closed stderr: logging must never take its caller down.
    }
  }
  return {
    debug: (event, fields) => log('debug', event, fields),
    info: (event, fields) => log('info', event, fields),
    warn: (event, fields) => log('warn', event, fields),
    error: (event, fields) => log('error', event, fields),
  }
}
