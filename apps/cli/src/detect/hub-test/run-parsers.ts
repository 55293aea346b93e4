import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GoTime, HubEngine } from '@sevenfold/behaviour'
import type { EventRecord, RuleDocument, RuleProblem, StagedRuleFile } from '@sevenfold/behaviour'
import { geoFromTable, openDataFolder, readItems } from '@sevenfold/detection/hub'
import type { HubItem } from '@sevenfold/detection/hub'
import { copyRecord } from './copy-record.ts'
import { resolveItem } from './resolve-items.ts'
import type { ItemPlaces } from './resolve-items.ts'
import type { HubTestConfig } from './test-config.ts'
import { realAddresses, testNetworks } from './test-geo.ts'

/** What one top-level node made of one line. */
export interface NodeResult {
  readonly Idx: number
  readonly Evt: EventRecord
  readonly Success: boolean
}

/** What a run of a test gives: what nodes did, by stage and name, and the overflows. */
export interface TestResults {
  readonly parsers: Map<string, Map<string, NodeResult[]>>
  readonly overflows: readonly EventRecord[]
  readonly problems: readonly RuleProblem[]
}

/** How expressions run. */
export type Backend = 'generate' | 'closures'

// Logs without a year belong to the year in which the tests were last written down.
const testYear = 2026

function itemsOf(config: HubTestConfig, places: ItemPlaces): readonly HubItem[] {
  return [
    ...config.parsers.map((name) => resolveItem('parsers', name, places)),
    ...config.scenarios.map((name) => resolveItem('scenarios', name, places)),
    ...config.postoverflows.map((name) => resolveItem('postoverflows', name, places)),
  ]
}

/** The parser that a test puts in front of all others. */
function overrides(statics: readonly unknown[]): readonly StagedRuleFile[] {
  if (statics.length === 0) return []
  const value = { name: 'overrides', filter: '1==1', statics }
  const document: RuleDocument = { file: 'config.yaml', value, at: () => ({ line: 1, column: 1 }) }
  return [{ stage: 's00-raw', name: '00_overrides.yaml', documents: [document] }]
}

function linesOf(path: string): readonly string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
    .filter((line) => line !== '')
}

/** Runs the log of a test through its parsers and scenarios. Throws an `Error` for items and files that are not there. */
export function runParsers(config: HubTestConfig, places: ItemPlaces, backend: Backend): TestResults {
  const { hub, testFolder } = places
  const { files, problems } = readItems(hub, itemsOf(config, places))
  const parsers: TestResults['parsers'] = new Map([['success', new Map([['', []]])]])
  const overflows: EventRecord[] = []
  const now = new GoTime(Date.UTC(testYear, 11, 31))
  const engine = new HubEngine(
    { ...files, parsers: [...overrides(config.overrideStatics), ...files.parsers] },
    {
      clock: 'log',
      backend,
      facilities: {
        now: () => now,
        files: openDataFolder(join(hub.root, 'data')),
        geo: geoFromTable(config.ownDataDir ? testNetworks : realAddresses),
      },
      onOverflow: (record) => overflows.push(record),
      observer: {
        tried: (stage, node, record, success) => note(parsers, stage, { name: node.name, record, success }),
      },
    },
  )
  const path = join(testFolder, config.logFile)
  const labels = new Map(Object.entries({ ...config.labels, type: config.logType }))
  for (const raw of linesOf(path)) engine.takeLine({ raw, source: path, module: 'file', labels })
  return { parsers, overflows, problems: [...problems, ...engine.rules.problems] }
}

interface Tried {
  readonly name: string
  readonly record: EventRecord
  readonly success: boolean
}

function note(results: TestResults['parsers'], stage: string, { name, record, success }: Tried): void {
  const nodes = results.get(stage) ?? new Map<string, NodeResult[]>()
  results.set(stage, nodes)
  const known = nodes.get(name)
  const result = { Idx: known?.[0]?.Idx ?? nodes.size + 1, Evt: copyRecord(record), Success: success }
  if (known === undefined) nodes.set(name, [result])
  else known.push(result)
}
