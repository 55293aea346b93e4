import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isJsonObject } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { maxDrillScale } from '@sevenfold/layer'
import { objectsAt } from '../alerts/json-list.ts'
import { fieldText } from '../place/field-text.ts'
import { exitCodes, usageError } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { table } from '../program/table.ts'
import { openIncidents, startDrillHouse, waitFor } from './drill-house.ts'
import type { DrillHouse } from './drill-house.ts'
import { drills } from './drills.ts'
import type { Drill } from './drills.ts'

/** What came of one drill. */
export interface DrillResult {
  readonly name: string
  readonly incident?: string
  readonly rule?: string
  readonly hasRunbook: boolean
  /** Seconds until the incident, measured. */
  readonly seconds: number
  readonly limitSeconds: number
  readonly ok: boolean
}

// Work (a start, a look at the disk) does not become faster with the scale.
const slackSeconds = 3

interface Found {
  readonly id: string
  readonly rule: string
  readonly hasRunbook: boolean
}

function namesPart(incident: JsonObject, part: string): boolean {
  return objectsAt(incident, 'entities').some(
    (entity) => entity['type'] === 'part' && entity['value'] === part,
  )
}

/** An incident that names the part, with an alert of one of the rules since `fromMs`. */
async function findIncident(house: DrillHouse, drill: Drill, fromMs: number): Promise<Found | undefined> {
  for (const summary of await openIncidents(house)) {
    const id = fieldText(summary, 'id') ?? ''
    const incident = await house.ask(`incidents/${id}`)
    if (!isJsonObject(incident) || !namesPart(incident, drill.part)) continue
    const group = objectsAt(incident, 'groups').find(
      (one) =>
        drill.rules.includes(fieldText(one, 'rule.name') ?? '') &&
        fieldText(one, 'entity') === `part:${drill.part}` &&
        Number(one['lastMs']) >= fromMs,
    )
    if (group === undefined) continue
    const rule = fieldText(group, 'rule.name') ?? ''
    const runbook = objectsAt(incident, 'runbooks').find((one) => one['name'] === rule)
    return {
      id,
      rule,
      hasRunbook: runbook !== undefined && (fieldText(runbook, 'runbook.meaning') ?? '') !== '',
    }
  }
  return undefined
}

/** Everybody is ready and nothing is silent: the next drill must not be explained by the last one. */
async function untilWell(house: DrillHouse): Promise<void> {
  await waitFor(async () => {
    const status = await house.ask('status')
    const isQuiet = isJsonObject(status) && Array.isArray(status['silence']) && status['silence'].length === 0
    return isQuiet && (await house.isWhole())
  }, 60_000)
}

async function runDrill(house: DrillHouse, drill: Drill, scale: number): Promise<DrillResult> {
  const limitSeconds = drill.isScaled
    ? drill.limitSeconds / scale + (scale === 1 ? 0 : slackSeconds)
    : drill.limitSeconds
  await drill.prepare?.(house)
  const [fromMs, begun] = [Date.now(), performance.now()]
  const mend = await drill.run(house)
  // What has to happen before the blow falls is no delay of ours.
  const struck = drill.name === 'ledger rolled back' ? performance.now() : begun
  let found: Found | undefined
  await waitFor(
    async () => {
      found = await findIncident(house, drill, fromMs)
      return found !== undefined
    },
    limitSeconds * 1000 + 15_000,
  )
  const seconds = Math.round((performance.now() - struck) / 100) / 10
  await mend()
  await untilWell(house)
  return {
    name: drill.name,
    ...(found === undefined ? {} : { incident: found.id, rule: found.rule }),
    hasRunbook: found?.hasRunbook ?? false,
    seconds,
    limitSeconds: Math.round(limitSeconds * 10) / 10,
    ok: found !== undefined && found.hasRunbook && seconds <= limitSeconds,
  }
}

function readScale(call: Call): number {
  const scale = Number(call.text('scale') ?? '1')
  if (scale >= 1 && scale <= maxDrillScale) return scale
  throw usageError(`--scale must be from 1 to ${maxDrillScale}`, '1 waits as long as in earnest')
}

function print(call: Call, results: readonly DrillResult[], scale: number): void {
  if (call.json) {
    call.io.out(JSON.stringify({ scale, drills: results }))
    return
  }
  const rows = results.map((result) => [
    result.name,
    result.ok
      ? 'ok'
      : result.incident === undefined
        ? 'no incident'
        : result.hasRunbook
          ? 'too late'
          : 'no runbook',
    String(result.seconds),
    String(result.limitSeconds),
    result.rule ?? '',
    result.incident ?? '',
  ])
  call.io.out(table(['drill', 'result', 'seconds', 'limit', 'rule', 'incident'], rows))
  call.io.out(
    `\n${results.filter(({ ok }) => ok).length} of ${results.length} raised an incident with a runbook in time; times divided by ${scale}`,
  )
}

/** How drills run. */
export interface DrillRun {
  /** Divides intervals. */
  readonly scale: number
  readonly note: (text: string) => void
  readonly signal?: AbortSignal
}

/** Runs drills, each that needs one on a house of its own. */
export async function runChosen(chosen: readonly Drill[], run: DrillRun): Promise<readonly DrillResult[]> {
  const shared = chosen.filter(({ isFresh }) => isFresh !== true)
  const alone = chosen.filter(({ isFresh }) => isFresh === true)
  const results: DrillResult[] = []
  for (const group of [shared, ...alone.map((drill) => [drill])]) {
    if (group.length > 0) results.push(...(await runGroup(group, run)))
  }
  return results
}

/** Runs drills one after another on one house. */
async function runGroup(
  group: readonly Drill[],
  { scale, note, signal }: DrillRun,
): Promise<readonly DrillResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sf-'))
  const results: DrillResult[] = []
  note(`starting a demo in ${folder} for ${group.length} drills ...`)
  try {
    const house = await startDrillHouse(folder, scale)
    try {
      await untilWell(house)
      for (const drill of group) {
        if (signal?.aborted === true) break
        const result = await runDrill(house, drill, scale)
        note(
          `${result.name}: ${result.ok ? `incident ${result.incident ?? ''} after ${result.seconds} s` : 'NOT in time'}`,
        )
        results.push(result)
      }
    } finally {
      await house.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return results
}

/** Breaks a demo of its own, part by part, and measures how long each breach takes to become an incident. */
export async function runDrills(call: Call): Promise<number> {
  const scale = readScale(call)
  const wanted = drills.filter(
    ({ name }) => call.words.length === 0 || call.words.some((word) => name.includes(word)),
  )
  if (wanted.length === 0)
    throw usageError('no drill has such a name', drills.map(({ name }) => name).join(', '))
  const { note, signal } = call.io
  const results = await runChosen(wanted, { scale, note, signal })
  print(call, results, scale)
  return results.length === wanted.length && results.every(({ ok }) => ok) ? exitCodes.ok : exitCodes.findings
}
