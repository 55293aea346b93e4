import type { JsonObject } from '@sevenfold/event'
import { fieldText } from '../place/field-text.ts'
import { objectsAt, textsAt } from './json-list.ts'

const columns = ['id', 'state', 'level', 'score', 'count', 'first', 'last', 'title'] as const

/** Incidents as CSV. `row` writes the cells so that a spreadsheet shows them and runs none. */
export function incidentCsv(
  incidents: readonly JsonObject[],
  row: (cells: readonly string[]) => string,
): string {
  const rows = incidents.map((incident) => [
    ...columns.map((key) => fieldText(incident, key) ?? ''),
    textsAt(incident, 'layers').join(' '),
    objectsAt(incident, 'entities')
      .map((entity) => fieldText(entity, 'value') ?? '')
      .join(' '),
  ])
  return [[...columns, 'layers', 'who'], ...rows].map(row).join('').trimEnd()
}
