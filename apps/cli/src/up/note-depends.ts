import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeAtomic } from '@sevenfold/layer'
import type { Logger } from '@sevenfold/layer'

const program = fileURLToPath(new URL('../../bin/sevenfold.mjs', import.meta.url))
/** The start is over by then; nobody waits for this. */
const afterMs = 20_000

/**
 * Lets a short process look at what the layers share, and keeps the answer for the console. In this process the look
 * would cost memory for as long as it lives. Gives a function that calls it off.
 */
export function noteDepends(dataDir: string, log: Pick<Logger, 'warn'>): () => void {
  const timer = setTimeout(() => {
    execFile(
      process.execPath,
      [program, 'depends', '--json', '--data', dataDir],
      { timeout: 30_000, maxBuffer: 4_194_304 },
      (_, text) => {
        // Exit code 1 means that something is shared, which in this profile is always so.
        try {
          JSON.parse(text)
          writeAtomic(join(dataDir, 'supervisor', 'depends.json'), text)
        } catch (error) {
          log.warn('depends-not-known', { error })
        }
      },
    )
  }, afterMs)
  timer.unref()
  return () => clearTimeout(timer)
}
