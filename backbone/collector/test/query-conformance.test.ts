import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { compileSql, fields, matches, parseQuery } from '@sevenfold/collector'
import { createTemporaryFolder } from '@sevenfold/testkit'
import { join } from 'node:path'
import { DuckIndex } from '../src/index-store/duck-index.ts'
import { indexRow } from '../src/index-store/index-row.ts'
import { cases, events } from './query-cases.ts'

const folder = createTemporaryFolder()
let index: DuckIndex

beforeAll(async () => {
  const start = { segment: 0, offset: 0, index: 0 }
  const opened = await DuckIndex.open({
    path: join(folder.path, 'index.duckdb'),
    memoryBytes: 67_108_864,
    log: 'test',
    start: () => start,
  })
  index = opened.index
  const rows = events.flatMap((event, i) => {
    const line = { segment: 0, offset: i, index: i, bytes: Buffer.from(JSON.stringify(event)) }
    const row = indexRow(line, event, new Set())
    return row === undefined ? [] : [row]
  })
  await index.add(rows, { segment: 0, offset: events.length, index: events.length })
})
afterAll(() => {
  index.close()
  folder.remove()
})

async function bySql(query: string): Promise<number[]> {
  const { sql, parameters } = compileSql(parseQuery(query))
  const rows = await index.query(`SELECT entry FROM events WHERE ${sql} ORDER BY entry`, parameters)
  return rows.map((row) => Number(row['entry']))
}

function byMatching(query: string): number[] {
  const node = parseQuery(query)
  return events.flatMap((event, i) => (matches(node, event) ? [i] : []))
}

describe('a filter means the same to the index and to the live tail', () => {
  it.each(cases)('$query matches $entries', async ({ query, entries }) => {
    expect(byMatching(query)).toEqual(entries)
    expect(await bySql(query)).toEqual(entries)
  })

  it('for any filter over any fields', async () => {
    const value = fc.constantFrom(
      '"shop"',
      'a*',
      '*b',
      '?dmin',
      '*',
      '403',
      'x%_',
      '"%"',
      'T1190',
      'web',
      'SHOP',
      '\\*',
    )
    const text = fields.filter((field) => field.type !== 'number').map((field) => field.name)
    const number = fields.filter((field) => field.type === 'number').map((field) => field.name)
    const term = fc.oneof(
      fc.tuple(fc.constantFrom(...text), value).map(([name, test]) => `${name}:${test}`),
      fc
        .tuple(fc.constantFrom(...number), fc.constantFrom('403', '>=400', '<5', '1..1000', '*'))
        .map(([n, v]) => `${n}:${v}`),
      value,
    )
    const { filter } = fc.letrec<{ filter: string }>((tie) => ({
      filter: fc.oneof(
        { maxDepth: 3 },
        term,
        tie('filter').map((inner) => `not ${inner}`),
        fc.tuple(tie('filter'), tie('filter')).map(([a, b]) => `(${a} and ${b})`),
        fc.tuple(tie('filter'), tie('filter')).map(([a, b]) => `(${a} or ${b})`),
      ),
    }))
    await fc.assert(
      fc.asyncProperty(filter, async (query) => {
        expect(await bySql(query), query).toEqual(byMatching(query))
      }),
      { numRuns: Number(process.env['FC_RUNS'] ?? 100) },
    )
  })
})
