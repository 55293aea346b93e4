import { appendFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'

/** A log file as a program writes and logrotate turns it. */
export interface LogSource {
  readonly path: string
  /** Appends lines, each with its newline. */
  write(...lines: string[]): void
  /** Appends text as it is: half a line, bytes that are no UTF-8. */
  writeRaw(bytes: string | Uint8Array): void
  /** Renames the file to `<path>.1` and starts a new one, as logrotate's `create` does. */
  rotate(): void
  /** Cuts the file to nothing in place, as logrotate's `copytruncate` does. */
  truncate(): void
}

/** A log source on an empty file. */
export function createLogSource(path: string): LogSource {
  writeFileSync(path, '')
  return {
    path,
    write: (...lines) => appendFileSync(path, lines.map((line) => `${line}\n`).join('')),
    writeRaw: (bytes) => appendFileSync(path, bytes),
    rotate: () => {
      renameSync(path, `${path}.1`)
      writeFileSync(path, '')
    },
    truncate: () => truncateSync(path, 0),
  }
}
