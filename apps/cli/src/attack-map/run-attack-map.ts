import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'
import { backboneNames } from '@sevenfold/event'
import { objectsAt } from '../alerts/json-list.ts'
import { CliError, environmentError, exitCodes } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { table } from '../program/table.ts'
import { chokePoints, coverageOf, navigatorLayer } from './coverage.ts'
import type { Covers, TechniqueCoverage } from './coverage.ts'

const limits = { maxTextLength: 64 * 1024 * 1024, maxDepth: 24, maxNodes: 2_000_000, maxStringLength: 65_536 }

/** The backbone sees what no layer says of itself; it counts as one. */
function layerName(service: string | undefined): string {
  if (service === undefined || service === 'supervisor') return 'backbone'
  return (backboneNames as readonly string[]).includes(service) ? 'backbone' : service
}

interface Known {
  readonly covers: readonly Covers[]
  readonly tactics: ReadonlyMap<string, ReadonlySet<string>>
}

async function fromRules(folders: readonly string[]): Promise<Known> {
  const { compileRules, readRuleDocuments } = await import('@sevenfold/alerts')
  const rules = compileRules(await readRuleDocuments(folders), [])
  const covers: Covers[] = []
  const tactics = new Map<string, Set<string>>()
  for (const info of [...rules.set.rules, ...rules.set.correlations.map((one) => one.info)]) {
    const { techniques, tactics: named, name } = rules.alertRule(info)
    const services = rules.baseRules(info.id).map((id) => layerName(rules.logsource(id)?.service))
    for (const technique of techniques) {
      const known = tactics.get(technique) ?? new Set()
      for (const tactic of named) known.add(tactic)
      tactics.set(technique, known)
      for (const layer of new Set(services)) covers.push({ technique, layer, how: 'sees', by: name })
    }
  }
  return { covers, tactics }
}

/** Cells of a proof in which one layer alone stopped or noticed an attack. */
function fromProof(document: JsonObject): readonly Covers[] {
  return objectsAt(document, 'attacks').flatMap((attack): Covers[] => {
    const { id, technique, cells } = attack
    const alone = isJsonObject(cells) && isJsonObject(cells['alone']) ? cells['alone'] : {}
    if (typeof id !== 'string' || typeof technique !== 'string') return []
    return Object.entries(alone).flatMap(([layer, cell]): Covers[] => {
      const outcome = isJsonObject(cell) ? cell['outcome'] : undefined
      if (outcome !== 'stopped' && outcome !== 'detected') return []
      return [{ technique, layer, how: outcome === 'stopped' ? 'stops' : 'sees', by: id }]
    })
  })
}

function readProof(path: string): JsonObject {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw environmentError(
      `${path} cannot be read`,
      'write one with sevenfold prove --json > proof.json',
      error,
    )
  }
  const parsed = parseBoundedJson(text, limits)
  const value: Json = parsed.ok ? parsed.value : null
  if (isJsonObject(value) && Array.isArray(value['attacks'])) return value
  throw new CliError(
    exitCodes.usage,
    `${path} is no proof`,
    'write one with sevenfold prove --json > proof.json',
  )
}

function names(map: Readonly<Record<string, readonly string[]>>): string {
  return Object.keys(map).toSorted().join(' ')
}

function rows(coverage: readonly TechniqueCoverage[]): string[][] {
  return coverage.map(({ technique, tactics, stops, sees, weight, depth }) => [
    technique,
    String(depth),
    names(stops),
    names(sees),
    String(weight),
    tactics.join(' '),
  ])
}

/** Prints which layers meet which technique, and where most ways lead through. Resolves to 1 when one layer is alone. */
export async function runAttackMap(call: Call): Promise<number> {
  const folders = call.texts('rules').map((path) => (path === 'builtin' ? path : resolve(call.io.cwd, path)))
  const { covers, tactics } = await fromRules(folders.length === 0 ? ['builtin'] : folders)
  const proof = call.text('proof')
  const proved = proof === undefined ? [] : fromProof(readProof(resolve(call.io.cwd, proof)))
  const coverage = coverageOf([...covers, ...proved], tactics)
  const alone = coverage.filter(({ depth }) => depth === 1)
  if (call.flag('navigator')) call.io.out(JSON.stringify(navigatorLayer(coverage, 'Sevenfold'), undefined, 2))
  else if (call.json)
    call.io.out(JSON.stringify({ techniques: coverage, chokePoints: chokePoints(coverage) }))
  else {
    const heads = ['technique', 'layers', 'stopped by', 'seen by', 'ways', 'tactics']
    call.io.out(table(heads, rows(coverage)))
    call.io.out(`\nchoke points: most ways lead through these\n${table(heads, rows(chokePoints(coverage)))}`)
    call.io.out(
      `\n${coverage.length} techniques; ${alone.length} are met by one layer alone${proof === undefined ? '; --proof FILE adds what a proof showed' : ''}`,
    )
  }
  return alone.length > 0 ? exitCodes.findings : exitCodes.ok
}
