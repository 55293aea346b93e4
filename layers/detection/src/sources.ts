import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { DetectionConfig } from '@sevenfold/config'
import { FileTail } from '@sevenfold/intake'
import { ensurePrivateFolder } from '@sevenfold/layer'
import type { PartContext } from '@sevenfold/layer'
import type { HubJudge } from './judge/hub-judge.ts'
import type { Judge } from './judge/judge.ts'

/** A position file for each followed path. */
function positionPath(folder: string, path: string): string {
  return join(folder, `${createHash('sha256').update(path).digest('hex').slice(0, 16)}.json`)
}

/** Who reads the lines: the scenarios that are built in, and hub rules where there are any. */
export interface LineJudges {
  readonly judge: Judge
  readonly hub: HubJudge | undefined
}

type Source = DetectionConfig['sources'][number]

/** Gives one line to all that can read it; true when somebody could. */
function lineTaker(
  source: Source,
  { judge, hub }: LineJudges,
  nowMs: () => number,
): (text: string) => boolean {
  const { file, format, type, labels, site } = source
  const ofSite = site === undefined ? {} : { site }
  const hubSource = {
    file,
    labels: new Map(Object.entries({ ...labels, type: type ?? '' })),
    site: site ?? '',
  }
  return (text) => {
    const byHub = type !== undefined && hub?.takeLine(text, hubSource) === true
    const byOurs = format !== undefined && judge.takeLine(text, { format, nowMs: nowMs(), ...ofSite })
    return byHub || byOurs
  }
}

/** Follows the logs of the applications and gives their lines to the judges. Returns what ends that. */
export async function followSources(
  context: PartContext<DetectionConfig>,
  judges: LineJudges,
): Promise<{ close(): Promise<void> }> {
  const folder = join(context.dataDir, 'intake')
  ensurePrivateFolder(folder)
  const read = context.metrics.counter('sevenfold_detection_lines_total', 'Lines read from application logs')
  const unread = context.metrics.counter('sevenfold_detection_unread_lines_total', 'Lines of an unknown form')
  const tails = context.config.sources.map((source) => {
    const take = lineTaker(source, judges, () => context.clock.now())
    return new FileTail({
      path: source.file,
      positionPath: positionPath(folder, source.file),
      // Old lines are history: with a live clock they would all seem to happen now.
      begin: 'end',
      clock: context.clock,
      onLines: (lines) => {
        for (const { text } of lines) {
          read.inc()
          if (!take(text)) unread.inc()
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
