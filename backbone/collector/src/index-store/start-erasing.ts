import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repeat, writeAtomic } from '@sevenfold/layer'
import type { PartContext } from '@sevenfold/layer'
import { PersonalKeys, personalFolder } from '@sevenfold/ledger/segments'
import type { IndexFeed } from './index-feed.ts'

const lookEveryMs = 10_000

/**
 * Makes the index anew when the ledger forgot what is personal on a day: of what was erased nothing may stay in the index, and it holds
 * nothing that is not in the segments.
 */
export function startErasing(
  { dataDir, clock, log }: PartContext<object>,
  ledger: string,
  index: IndexFeed,
): { stop(): void } {
  const path = join(dataDir, 'forgotten')
  let done = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const look = async (): Promise<void> => {
    const forgotten = new PersonalKeys(personalFolder(ledger)).forgotten().join('\n')
    if (forgotten === done) return
    log.info('index-erased', { days: forgotten.split('\n').length })
    await index.rebuild()
    writeAtomic(path, forgotten)
    done = forgotten
  }
  return repeat({
    clock,
    everyMs: lookEveryMs,
    atOnce: true,
    run: look,
    onError: (error) => log.error('erase-failed', { error }), // tried again
  })
}
