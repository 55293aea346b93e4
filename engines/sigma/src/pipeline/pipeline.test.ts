import { describe, expect, it } from 'vitest'
import { compileSigma, maxMappedFields, parseMapping } from '../index.ts'
import type { SigmaValue } from '../index.ts'

const mapping = parseMapping({
  logsource: { category: 'webserver' },
  fields: { 'cs-uri-query': 'url.query', 'c-ip': 'source.ip', other: 'http.request.method' },
})
const web = { category: 'webserver' }
const event = {
  url: { query: 'id=../../etc/passwd' },
  source: { ip: '192.0.2.1' },
  http: { request: { method: 'GET' } },
}

function rule(selection: SigmaValue, logsource: SigmaValue = web): SigmaValue {
  return {
    title: 'rule',
    id: 'r',
    logsource,
    detection: { selection, condition: 'not not selection' },
  }
}

describe('field mappings', () => {
  it('lets a rule with the names of its own log source match nested events', () => {
    const rules = compileSigma([{ source: 'a', value: rule({ 'cs-uri-query|contains': '/etc/passwd' }) }], {
      mappings: [mapping],
    })
    expect(rules.problems).toEqual([])
    expect(rules.match(event, web).map(({ id }) => id)).toEqual(['r'])
  })
  it('leaves rules of other log sources in their own names', () => {
    const other = { category: 'proxy' }
    const rules = compileSigma([{ source: 'a', value: rule({ 'cs-uri-query|contains': 'etc' }, other) }], {
      mappings: [mapping],
    })
    expect(rules.match(event, other)).toEqual([])
    expect(rules.match({ 'cs-uri-query': 'etc' }, other)).toHaveLength(1)
  })
  it('renames both sides of a comparison of two fields', () => {
    const rules = compileSigma([{ source: 'a', value: rule({ 'cs-uri-query|fieldref': 'other' }) }], {
      mappings: [mapping],
    })
    expect(rules.match({ url: { query: 'PUT' }, http: { request: { method: 'put' } } }, web)).toHaveLength(1)
    expect(rules.match(event, web)).toEqual([])
  })
  it('groups a correlation by the renamed field', () => {
    const correlation = {
      title: 'many',
      id: 'c',
      correlation: {
        type: 'event_count',
        rules: ['r'],
        'group-by': ['c-ip'],
        timespan: '1m',
        condition: { gte: 2 },
      },
    }
    const documents = [
      { source: 'a', value: rule({ 'cs-uri-query|contains': 'etc' }) },
      { source: 'b', value: correlation },
    ]
    const rules = compileSigma(documents, { mappings: [mapping] })
    const state = rules.openCorrelations()
    expect(state.observe(rules.match(event, web), event, 1)).toEqual([])
    expect(state.observe(rules.match(event, web), event, 2)).toMatchObject([
      { group: { 'source.ip': '192.0.2.1' } },
    ])
  })
  it('renames a correlation of correlations by the rules at its bottom, an alias by the rule that it speaks of', () => {
    const count = (id: string, rules: readonly string[], groupBy: string): SigmaValue => ({
      title: id,
      id,
      correlation: {
        type: 'event_count',
        rules,
        'group-by': [groupBy],
        timespan: '1m',
        condition: { gte: 1 },
        aliases: { who: { r: 'c-ip' } },
      },
    })
    const documents = [
      rule({ 'cs-uri-query|contains': 'etc' }),
      count('top', ['low'], 'c-ip'),
      count('low', ['r'], 'who'),
    ]
    const rules = compileSigma(
      documents.map((value) => ({ source: 'x', value })),
      { mappings: [mapping] },
    )
    expect(rules.problems).toEqual([])
    const fired = rules.openCorrelations().observe(rules.match(event, web), event, 1)
    expect(fired).toMatchObject([
      { rule: { id: 'low' }, group: { who: '192.0.2.1' } },
      { rule: { id: 'top' }, group: { 'source.ip': '192.0.2.1' } },
    ])
  })
  it('refuses a mapping that is none, by its path', () => {
    expect(() => parseMapping('x')).toThrow(/is a mapping/)
    expect(() => parseMapping({ logsource: {}, fields: { a: 5 } })).toThrow(/name of another/)
    const names = (count: number): SigmaValue =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, 'x']))
    expect(Object.keys(parseMapping({ logsource: {}, fields: names(maxMappedFields) }).fields)).toHaveLength(
      maxMappedFields,
    )
    expect(() => parseMapping({ logsource: {}, fields: names(maxMappedFields + 1) })).toThrow(/more than/)
  })
})
