import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DetectionConfig } from '@sevenfold/config'
import { isJsonObject, parseBoundedJson, uuidV7 } from '@sevenfold/event'
import type { PartContext } from '@sevenfold/layer'
import { AlertStore, readAlertLog } from '../alerts/alert-store.ts'
import type { AlertRecord } from '../alerts/alert-store.ts'
import { AllowLists } from '../allowlists/allow-lists.ts'
import { BouncerKeys } from '../bouncers/bouncer-keys.ts'
import { readJournal } from '../decisions/decision-journal.ts'
import { DecisionStore } from '../decisions/decision-store.ts'
import type { DecisionRecord } from '../decisions/decision-store.ts'
import { Offenders } from '../desk/offenders.ts'
import type { OffenceRecord } from '../desk/offenders.ts'
import { openLineLog } from '../journal/line-log.ts'
import type { LineLog } from '../journal/line-log.ts'
import { MachineKeys } from '../machines/machine-keys.ts'
import { readSecret } from '@sevenfold/layer'

type Context = PartContext<DetectionConfig>

/** Everything that the layer keeps over restarts. */
export interface State {
  readonly store: DecisionStore
  readonly alerts: AlertStore
  readonly offenders: Offenders
  readonly allowLists: AllowLists
  readonly bouncers: BouncerKeys
  readonly machines: MachineKeys
  /** Writes what is still to be written. */
  close(): Promise<void>
}

/** A log whose owner exists before it does: what is appended until then is in the records that the log begins with. */
class LateLog<Record> {
  #log: LineLog<Record> | undefined

  append(record: Record): void {
    this.#log?.append(record)
  }

  async open(context: Context, path: string, records: () => readonly Record[]): Promise<void> {
    const onError = (error: unknown): void => context.log.error('log-not-written', { path, error })
    this.#log = await openLineLog<Record>({ path, records, onError })
  }

  async close(): Promise<void> {
    await this.#log?.close()
  }
}

const offenceLimits = { maxTextLength: 1_024, maxDepth: 2, maxNodes: 10, maxStringLength: 512 }

function readOffences(path: string): OffenceRecord[] {
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const parsed = parseBoundedJson(line, offenceLimits)
      if (!parsed.ok || !isJsonObject(parsed.value)) return []
      const { value, count, lastMs } = parsed.value
      const isWhole = typeof value === 'string' && typeof count === 'number' && typeof lastMs === 'number'
      return isWhole ? [{ value, count, lastMs }] : []
    })
}

function openBouncers(context: Context): BouncerKeys {
  const bouncers = new BouncerKeys(join(context.dataDir, 'bouncers.json'), () => context.clock.now())
  for (const { name, key } of context.config.api.bouncers) bouncers.set(name, readSecret(key))
  return bouncers
}

function openMachines(context: Context): MachineKeys {
  const { registrationToken } = context.config.api
  return new MachineKeys({
    path: join(context.dataDir, 'machines.json'),
    secretPath: join(context.dataDir, 'token.key'),
    now: () => context.clock.now(),
    ...(registrationToken === undefined ? {} : { registrationToken: readSecret(registrationToken) }),
  })
}

/** Opens the state in the data folder. Throws for files of keys or lists that are damaged. */
export async function openState(context: Context): Promise<State> {
  const now = (): number => context.clock.now()
  const path = (name: string): string => join(context.dataDir, name)
  const { records, unreadable } = readJournal(path('decisions.ndjson'))
  if (unreadable > 0) context.log.warn('decisions-unreadable', { lines: unreadable })
  const decisionLog = new LateLog<DecisionRecord>()
  const store = new DecisionStore({ now, newUuid: uuidV7, journal: decisionLog, records })
  await decisionLog.open(context, path('decisions.ndjson'), () => store.records())
  const alertLog = new LateLog<AlertRecord>()
  const alerts = new AlertStore({
    now,
    newUuid: uuidV7,
    append: (record) => alertLog.append(record),
    records: readAlertLog(path('alerts.ndjson')),
  })
  await alertLog.open(context, path('alerts.ndjson'), () => alerts.records())
  const offenceLog = new LateLog<OffenceRecord>()
  const offenders = new Offenders(
    (record) => offenceLog.append(record),
    readOffences(path('offenders.ndjson')),
  )
  await offenceLog.open(context, path('offenders.ndjson'), () => offenders.records())
  return {
    store,
    alerts,
    offenders,
    allowLists: new AllowLists({ path: path('allowlists.json'), now, newId: uuidV7 }),
    bouncers: openBouncers(context),
    machines: openMachines(context),
    close: async () => void (await Promise.all([decisionLog.close(), alertLog.close(), offenceLog.close()])),
  }
}
