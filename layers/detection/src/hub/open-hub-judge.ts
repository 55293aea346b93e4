import { join } from 'node:path'
import { GoTime } from '@sevenfold/behaviour'
import type { Facilities } from '@sevenfold/behaviour'
import type { DetectionConfig } from '@sevenfold/config'
import type { PartContext } from '@sevenfold/layer'
import { HubJudge } from '../judge/hub-judge.ts'
import type { HubJudgeOptions } from '../judge/hub-judge.ts'
import { openDataFolder } from './data-folder.ts'
import { openGeoDatabases } from './geo-database.ts'
import { openHubFolder, readHub } from './hub-folder.ts'

/** Problems that are logged one by one, altogether and of one file, so that a noisy one hides no other; all are counted. */
const maxLogged = 100
const maxLoggedOfFile = 3

function worthLogging(problems: HubJudge['problems']): HubJudge['problems'] {
  const ofFile = new Map<string, number>()
  const first = problems.filter(({ file }) => {
    const count = (ofFile.get(file) ?? 0) + 1
    ofFile.set(file, count)
    return count <= maxLoggedOfFile
  })
  return first.slice(0, maxLogged)
}

type Around = Omit<HubJudgeOptions, 'files' | 'facilities' | 'events' | 'emit' | 'mode' | 'stopwatch'> & {
  readonly decisions: NonNullable<Facilities['decisions']>
}

/**
 * Loads the rules that the configuration names; undefined when it names none. A rule that cannot be used is left out and
 * reported with its place; a folder that cannot be read stops the start.
 */
export async function openHubJudge(
  context: PartContext<DetectionConfig>,
  around: Around,
): Promise<HubJudge | undefined> {
  const { hub } = context.config
  if (hub === undefined) return undefined
  const { decisions, ...rest } = around
  const { files, problems } = readHub(openHubFolder(hub.folder), hub.collections)
  const dataFolder = hub.data ?? join(hub.folder, 'data')
  const data = openDataFolder(dataFolder)
  const geo = await openGeoDatabases(dataFolder)
  const judge = new HubJudge({
    ...rest,
    files,
    events: context.events,
    emit: (draft) => context.emit(draft),
    mode: () => context.mode(),
    stopwatch: () => context.clock.monotonicMs() * 1000,
    facilities: {
      now: () => new GoTime(context.clock.now()),
      files: data,
      decisions,
      log: (text) => context.log.info('rule-says', { text }),
      ...(geo === undefined ? {} : { geo }),
    },
  })
  report(context, [...problems, ...judge.problems], data.missing)
  return judge
}

function report(
  context: PartContext<DetectionConfig>,
  problems: HubJudge['problems'],
  missing: ReadonlySet<string>,
): void {
  for (const { file, line, column, message } of worthLogging(problems))
    context.log.warn('rule-left-out', { place: `${file}:${line}:${column}`, message })
  const count = problems.length + missing.size
  if (count === 0) return
  if (missing.size > 0) context.log.warn('rule-data-missing', { files: [...missing].slice(0, maxLogged) })
  context.emit(
    context.events.notice(
      'rules-incomplete',
      `${problems.length} problems in hub rules and ${missing.size} missing data files: what depends on them does not work; see the log of detection, or sevenfold detect replay`,
      40,
    ),
  )
}
