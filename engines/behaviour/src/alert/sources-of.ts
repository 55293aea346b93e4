import { parseAddress, parseNetwork } from '../address/address.ts'
import type { EventRecord, SourceRecord } from '../record.ts'
import { recordType } from '../record.ts'
import type { CompiledScenario } from '../scenario/compiled-scenario.ts'

/** Why a bucket that overflowed gives no alert. */
export class NoSource extends Error {}

function emptySource(scope: string): SourceRecord {
  return {
    Scope: scope,
    Value: '',
    IP: '',
    Range: '',
    AsName: '',
    AsNumber: '',
    Cn: '',
    Latitude: 0,
    Longitude: 0,
  }
}

function scopeValue(scenario: CompiledScenario, record: EventRecord): string {
  let value: unknown
  try {
    value = scenario.scopeExpression?.evaluate([record])
  } catch (error) {
    throw new NoSource('the scope expression failed', { cause: error })
  }
  return typeof value === 'string' ? value : ''
}

function enrich(source: SourceRecord, { Enriched, Meta }: EventRecord): void {
  source.AsNumber = Enriched.get('ASNumber') ?? Enriched.get('ASNNumber') ?? ''
  source.AsName = Enriched.get('ASNOrg') ?? ''
  source.Cn = Enriched.get('IsoCode') ?? ''
  source.Latitude = Number(Enriched.get('Latitude') ?? 0) || 0
  source.Longitude = Number(Enriched.get('Longitude') ?? 0) || 0
  const range = Meta.get('SourceRange') ?? ''
  if (range === '') return
  if (parseNetwork(range) === undefined) throw new NoSource('SourceRange is no network')
  source.Range = range
}

function sourceOfLog(record: EventRecord, scenario: CompiledScenario): SourceRecord {
  const scope = scenario.spec.scope.type
  const source = emptySource(scope)
  if (scope !== 'Ip' && scope !== 'Range') {
    source.Value = scopeValue(scenario, record)
    return source
  }
  const address = record.Meta.get('source_ip')
  if (address === undefined) throw new NoSource('the event has no source_ip')
  if (address.includes('%') || parseAddress(address) === undefined)
    throw new NoSource('source_ip is no address')
  source.IP = address
  enrich(source, record)
  source.Value = scope === 'Ip' ? address : source.Range
  if (scope === 'Range' && scenario.scopeExpression !== undefined) source.Value = scopeValue(scenario, record)
  return source
}

/** Sources of an overflow that was poured again: as they are, or by their range where that is asked for. */
function sourcesOfOverflow(record: EventRecord, scenario: CompiledScenario): readonly SourceRecord[] {
  const scope = scenario.spec.scope.type
  const sources: SourceRecord[] = []
  for (const source of record.Overflow?.Sources.values() ?? []) {
    if (source.Scope === scope) sources.push(source)
    else if (scope === 'Range' && source.Scope === 'Ip') {
      const value = scenario.scopeExpression === undefined ? source.Range : scopeValue(scenario, record)
      if (value !== '') sources.push({ ...source, Scope: scope, IP: '', Value: value })
    }
  }
  return sources
}

/** The sources of a bucket's events, by value. Throws NoSource. */
export function sourcesOf(
  queue: readonly EventRecord[],
  scenario: CompiledScenario,
): Map<string, SourceRecord> {
  const sources = new Map<string, SourceRecord>()
  for (const record of queue) {
    const found =
      record.Type === recordType.overflow
        ? sourcesOfOverflow(record, scenario)
        : [sourceOfLog(record, scenario)]
    for (const source of found) sources.set(source.Value, source)
  }
  return sources
}
