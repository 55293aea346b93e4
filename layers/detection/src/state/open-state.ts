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
import { HeldBans, readHeldLog } from '../desk/held-bans.ts'
import type { HeldRecord } from '../desk/held-bans.ts'
import { Offenders } from '../desk/offenders.ts'
import type { OffenceRecord } from '../desk/offenders.ts'
import { keptWithinMs, within } from '../journal/kept.ts'
import { LateLog } from '../journal/late-log.ts'
import { readLines } from '../journal/read-lines.ts'
import { MachineKeys } from '../machines/machine-keys.ts'
import { readSecret } from '@sevenfold/layer'

type Context = PartContext<DetectionConfig>

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
