import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for one test. */
export interface TemporaryFolder {
  readonly path: string
  /** Removes it with everything inside. */
  remove(): void
}

/** Makes an empty folder with a path short enough for Unix sockets. */
export function createTemporaryFolder(prefix = 'sf-'): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), prefix))
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) }
}
