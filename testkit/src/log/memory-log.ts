/** One line that was logged. */
export interface LoggedLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly event: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** A logger that keeps its lines. It fits the `Logger` of @sevenfold/layer. */
export interface MemoryLog {
  readonly lines: readonly LoggedLine[]
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void
  info(event: string, fields?: Readonly<Record<string, unknown>>): void
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void
  error(event: string, fields?: Readonly<Record<string, unknown>>): void
  /** Names of the events logged so far, in order. */
  events(): string[]
}

/** An empty memory log. */
export function createMemoryLog(): MemoryLog {
  const lines: LoggedLine[] = []
  const keep =
    (level: LoggedLine['level']) =>
    (event: string, fields: Readonly<Record<string, unknown>> = {}): void =>
      void lines.push({ level, event, fields })
  return {
    lines,
    debug: keep('debug'),
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
    events: () => lines.map((line) => line.event),
  }
}
