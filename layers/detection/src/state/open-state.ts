import { join } from 'node:path'
import type { DetectionConfig } from '@sevenfold/config'
import { isJsonObject, parseBoundedJson, uuidV7 } from '@sevenfold/event'
import type { Clock, PartContext } from '@sevenfold/layer'
import { AlertStore, readAlertLog } from '../alerts/alert-store.ts'
import type { AlertRecord } from '../alerts/alert-store.ts'
import { AllowLists } from '../allowlists/allow-lists.ts'
import { BouncerKeys } from '../bouncers/bouncer-keys.ts'
import { readJournal } from '../decisions/decision-journal.ts'
import { DecisionStore } from '../decisions/decision-store.ts'
import type { DecisionRecord } from '../decisions/decision-store.ts'
import { HeldBans, readHeldLog } from '../desk/held-bans.ts'
import type { HeldRecord } from '../desk/held-bans.ts'
import { Offenders } from '../desk/offenders.ts'
import type { OffenceRecord } from '../desk/offenders.ts'
import { openLineLog } from '../journal/line-log.ts'
import type { LineLog } from '../journal/line-log.ts'
import { readLines } from '../journal/read-lines.ts'
import { MachineKeys } from '../machines/machine-keys.ts'
import { readSecret } from '@sevenfold/layer'

type Context = PartContext<DetectionConfig>

/** Longest wait of an answer for the disk: with one that does not answer, acts are in force and in memory only. */
export const keptWithinMs = 2_000

/** Everything that the layer keeps over restarts. */
export interface State {
  readonly store: DecisionStore
  readonly alerts: AlertStore
  readonly offenders: Offenders
  readonly held: HeldBans
  readonly allowLists: AllowLists
  readonly bouncers: BouncerKeys
  readonly machines: MachineKeys
  /**
   * Resolves when all that was done so far is on disk, at the latest after `keptWithinMs`: an act by hand is answered
   * then, so that what somebody was told holds after a crash.
   */
  kept(): Promise<void>
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
    this.#log = await openLineLog<Record>({ path, records, onError, clock: context.clock })
  }

  async flush(): Promise<void> {
    await this.#log?.flush()
  }

  async close(): Promise<void> {
    await this.#log?.close()
  }
}

const offenceLimits = { maxTextLength: 1_024, maxDepth: 2, maxNodes: 10, maxStringLength: 512 }

function readOffences(path: string): OffenceRecord[] {
  return [...readLines(path)].flatMap((line) => {
    const parsed = parseBoundedJson(line, offenceLimits)
    if (!parsed.ok || !isJsonObject(parsed.value)) return []
    const { value, count, lastMs } = parsed.value
    const isWhole = typeof value === 'string' && typeof count === 'number' && typeof lastMs === 'number'
    return isWhole ? [{ value, count, lastMs }] : []
  })
}

/** Resolves with the work, at the latest after `ms`. */
function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(ms, resolve)
    const end = (): void => {
      timer.cancel()
      resolve()
    }
    work.then(end, end)
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
  const heldLog = new LateLog<HeldRecord>()
  const held = new HeldBans({
    now,
    append: (record) => heldLog.append(record),
    records: readHeldLog(path('held.ndjson')),
  })
  await heldLog.open(context, path('held.ndjson'), () => held.records())
  const logs = [decisionLog, alertLog, offenceLog, heldLog]
  return {
    store,
    alerts,
    offenders,
    held,
    allowLists: new AllowLists({ path: path('allowlists.json'), now, newId: uuidV7 }),
    bouncers: openBouncers(context),
    machines: openMachines(context),
    kept: () => within(context.clock, keptWithinMs, Promise.all(logs.map((log) => log.flush()))),
    close: async () => void (await Promise.all(logs.map((log) => log.close()))),
  }
}
