import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { DetectionConfig } from '@sevenfold/config'
import { ensurePrivateFolder } from '@sevenfold/layer'
import type { PartContext } from '@sevenfold/layer'
import { openSource } from '@sevenfold/intake'
import type { OpenSource } from '@sevenfold/intake'
import { compileRegex } from '@sevenfold/regex'
import { RequestCounts } from './sources/request-counts.ts'
import { lineTaker, originOf, sourceName } from './sources/line-taker.ts'
import type { LineJudges, SourceConfig } from './sources/line-taker.ts'

/** The sources that are read. */
export interface FollowedSources {
  /** For `GET /v1/status`. */
  states(): readonly { readonly source: string; readonly dropped: number; readonly port: number }[]
  close(): Promise<void>
}

/** A position file for each source; that of a file is known by its path alone. */
function positionPath(folder: string, source: SourceConfig): string {
  const { file, journald, docker } = source
  const identity = file ?? `${originOf(source)} ${JSON.stringify(journald ?? docker ?? {})}`
  return join(folder, `${createHash('sha256').update(identity).digest('hex').slice(0, 16)}.json`)
}

/** Follows the logs of the applications and gives their lines to the judges. */
export async function followSources(
  context: PartContext<DetectionConfig>,
  judges: LineJudges,
): Promise<FollowedSources> {
  const folder = join(context.dataDir, 'intake')
  ensurePrivateFolder(folder)
  const read = context.metrics.counter('sevenfold_detection_lines_total', 'Lines read from application logs')
  const unread = context.metrics.counter('sevenfold_detection_unread_lines_total', 'Lines of an unknown form')
  const requests = new RequestCounts(context.metrics)
  const open = async (
    source: SourceConfig,
  ): Promise<{ readonly name: string; readonly source: OpenSource }[]> => {
    const take = lineTaker(source, judges, () => context.clock.now())
    const name = sourceName(source)
    const count = requests.forSource(source)
    const onError = (error: unknown): void => context.log.warn('source-unreadable', { source: name, error })
    try {
      const opened = await openSource(source, {
        positionPath: positionPath(folder, source),
        beginTest: (pattern) => {
          const begin = compileRegex(pattern, { mode: 'string' })
          return (text) => begin.test(text)
        },
        clock: context.clock,
        onLines: (lines) => {
          for (const { text, from } of lines) {
            read.inc()
            if (take(text, from)) count(text)
            else unread.inc()
          }
          return Promise.resolve()
        },
        onError,
      })
      return [{ name, source: opened }]
    } catch (error) {
      // One source that cannot be opened (a port in use, a certificate that is gone) leaves the others to be read.
      onError(error)
      return []
    }
  }
  // Once this resolves every source has its place: what is written from now on is read.
  const sources = (await Promise.all(context.config.sources.map(open))).flat()
  return {
    states: () =>
      sources.map(({ name, source }) => ({ source: name, dropped: source.dropped(), port: source.port })),
    close: async () => void (await Promise.all(sources.map(({ source }) => source.close()))),
  }
}
