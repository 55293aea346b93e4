import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { DetectionConfig } from '@sevenfold/config'
import { FileTail } from '@sevenfold/intake'
import { ensurePrivateFolder } from '@sevenfold/layer'
import type { PartContext } from '@sevenfold/layer'
import type { Judge } from './judge/judge.ts'

/** A position file for each followed path. */
function positionPath(folder: string, path: string): string {
  return join(folder, `${createHash('sha256').update(path).digest('hex').slice(0, 16)}.json`)
}

/** Follows the logs of the applications and gives their lines to the judge. Returns what ends that. */
export async function followSources(
  context: PartContext<DetectionConfig>,
  judge: Judge,
): Promise<{ close(): Promise<void> }> {
  const folder = join(context.dataDir, 'intake')
  ensurePrivateFolder(folder)
  const read = context.metrics.counter('sevenfold_detection_lines_total', 'Lines read from application logs')
  const unread = context.metrics.counter('sevenfold_detection_unread_lines_total', 'Lines of an unknown form')
  const tails = context.config.sources.map((source) => {
    const site = source.site === undefined ? {} : { site: source.site }
    return new FileTail({
      path: source.file,
      positionPath: positionPath(folder, source.file),
      // Old lines are history: with a live clock they would all seem to happen now.
      begin: 'end',
      clock: context.clock,
      onLines: (lines) => {
        for (const { text } of lines) {
          read.inc()
          const taken = judge.takeLine(text, { format: source.format, nowMs: context.clock.now(), ...site })
          if (!taken) unread.inc()
        }
        return Promise.resolve()
      },
      onError: (error) => context.log.warn('source-unreadable', { file: source.file, error }),
    })
  })
  // Once this resolves every source has its place: what is written from now on is read.
  await Promise.all(tails.map((tail) => tail.poll()))
  for (const tail of tails) tail.start()
  return { close: async () => void (await Promise.all(tails.map((tail) => tail.close()))) }
}
