/** Where a command reads and writes; tests and other programs give their own. */
export interface Io {
  /** Standard input, for the commands that read questions from it. */
  input(): AsyncIterable<Uint8Array>
  /** Results; a text without its last newline is one line. */
  out(line: string): void
  /** Progress, warnings and errors. */
  note(line: string): void
  /** Standard output is a terminal. */
  readonly isTerminal: boolean
  /** Colours are wanted: a terminal and no NO_COLOR (no-color.org). */
  readonly colours: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal
}

/** The process's own streams. Ctrl-C aborts `signal` once; a second one ends the process at once. */
export function processIo(): Io {
  const abort = new AbortController()
  const stop = (): void => {
    if (abort.signal.aborted) process.exit(130)
    abort.abort()
  }
  const isTerminal = process.stdout.isTTY
  const noColour = process.env['NO_COLOR']
  return {
    input: () => process.stdin,
    out: (line) => void process.stdout.write(`${line}\n`),
    note: (line) => void process.stderr.write(`${line}\n`),
    isTerminal,
    colours: isTerminal && (noColour === undefined || noColour === '') && process.env['TERM'] !== 'dumb',
    env: process.env,
    cwd: process.cwd(),
    get signal() {
      // Only a command that looks at the signal takes over Ctrl-C; every other one ends as programs do.
      if (process.listenerCount('SIGINT') === 0) {
        process.on('SIGINT', stop)
        process.on('SIGTERM', stop)
      }
      return abort.signal
    },
  }
}
