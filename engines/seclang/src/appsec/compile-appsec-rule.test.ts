import type { RawRequestHead } from '@sevenfold/event'
import { describe, expect, it } from 'vitest'
import { compileRuleSet } from '../compile/compile-rule-set.ts'
import { noRuleFiles } from '../language/rule-files.ts'
import { createSeclangInspector } from '../transaction/seclang-inspector.ts'
import { AppsecError } from './appsec-error.ts'
import { compileAppsecConfig } from './compile-appsec-config.ts'
import { compileAppsecRule, maxAlternatives, maxAppsecDepth } from './compile-appsec-rule.ts'

const uri = (value: string): object => ({ zones: ['URI'], match: { type: 'contains', value } })
const document = (...rules: unknown[]): object => ({ name: 'test/rule', rules })

function isRefused(rule: unknown, target: string, head: Partial<RawRequestHead> = {}): boolean {
  const text = `SecRuleEngine On\n${compileAppsecRule(rule).seclang}`
  const inspector = createSeclangInspector(compileRuleSet([{ file: 'test', text }], { files: noRuleFiles }))
  const inspection = inspector.open({
    clientAddress: '192.0.2.7',
    clientPort: 4000,
    serverAddress: '192.0.2.1',
    serverPort: 80,
    tls: false,
    requestId: 'r',
    startedAtMs: 0,
  })
  const headers = ['Host', 'app.example', 'User-Agent', 'test']
  inspection.requestHead({ kind: 'request', method: 'GET', target, version: '1.1', headers, ...head })
  inspection.requestEnd()
  const { interruption } = inspection.report()
  inspection.close()
  return interruption !== null
}

describe('compileAppsecRule', () => {
  it('refuses what matches and nothing else', () => {
    expect(isRefused(document(uri('/admin')), '/x/admin/y')).toBe(true)
    expect(isRefused(document(uri('/admin')), '/x/y')).toBe(false)
  })

  it('wants every condition of an and', () => {
    const rule = document({
      and: [uri('/a'), { zones: ['ARGS'], variables: ['q'], match: { type: 'equals', value: '1' } }],
    })
    expect(isRefused(rule, '/a?q=1')).toBe(true)
    expect(isRefused(rule, '/a?q=2')).toBe(false)
    expect(isRefused(rule, '/b?q=1')).toBe(false)
  })

  it('wants one condition of an or, also inside an and', () => {
    const rule = document({ and: [uri('/a'), { or: [uri('/b'), uri('/c')] }] })
    expect(['/a/b', '/a/c', '/a', '/b'].map((target) => isRefused(rule, target))).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it('takes each rule of the list for itself', () => {
    const rule = document(uri('/one'), uri('/two'))
    expect(isRefused(rule, '/one')).toBe(true)
    expect(isRefused(rule, '/two')).toBe(true)
  })

  it('applies transforms in order, and counts', () => {
    const lower = document({
      zones: ['URI'],
      transform: ['urldecode', 'lowercase'],
      match: { type: 'endsWith', value: '/.env' },
    })
    expect(isRefused(lower, '/%2eENV')).toBe(true)
    const count = document({
      zones: ['HEADERS'],
      variables: ['User-Agent'],
      transform: ['count'],
      match: { type: 'eq', value: '0' },
    })
    expect(isRefused(count, '/')).toBe(false)
    expect(isRefused(count, '/', { headers: ['Host', 'app.example'] })).toBe(true)
  })

  it('takes marks of SecLang in a value for text', () => {
    const rule = document({ zones: ['ARGS'], match: { type: 'contains', value: '%{TX.x}"\\' } })
    expect(isRefused(rule, '/?q=%25%7BTX.x%7D%22%5C')).toBe(true)
    expect(isRefused(rule, '/?q=x')).toBe(false)
  })

  it('keeps the id of a rule as long as it keeps its name', () => {
    const id = (rule: object): string | undefined => /id:(\d+)/.exec(compileAppsecRule(rule).seclang)?.[1]
    expect(id(document(uri('/a')))).toBe(id(document(uri('/b'))))
    expect(id({ ...document(uri('/a')), name: 'other' })).not.toBe(id(document(uri('/a'))))
  })

  it.each([
    ['no mapping', [], 'APPSEC_DOCUMENT'],
    ['an unknown zone', document({ zones: ['MOON'], match: { type: 'equals', value: 'x' } }), 'APPSEC_ZONE'],
    ['no zone', document({ match: { type: 'equals', value: 'x' } }), 'APPSEC_ZONE'],
    ['an unknown match', document({ zones: ['URI'], match: { type: 'smells', value: 'x' } }), 'APPSEC_MATCH'],
    [
      'an unknown transform',
      document({ zones: ['URI'], transform: ['rot13'], match: { type: 'equals', value: 'x' } }),
      'APPSEC_TRANSFORM',
    ],
    ['no condition', document({ and: [] }), 'APPSEC_DOCUMENT'],
  ])('refuses %s', (_what, rule, code) => {
    expect(() => compileAppsecRule(rule)).toThrow(expect.objectContaining({ code }))
  })

  it('unfolds alternatives and nests up to its limits and no further', () => {
    const many = (count: number): object =>
      document({ or: Array.from({ length: count }, (_, i) => uri(`/${i}`)) })
    expect(() => compileAppsecRule(many(maxAlternatives))).not.toThrow()
    expect(() => compileAppsecRule(many(maxAlternatives + 1))).toThrow(AppsecError)
    const deep = (depth: number): object => (depth === 0 ? uri('/a') : { and: [deep(depth - 1)] })
    expect(() => compileAppsecRule(document(deep(maxAppsecDepth)))).not.toThrow()
    expect(() => compileAppsecRule(document(deep(maxAppsecDepth + 1)))).toThrow(AppsecError)
  })
})

describe('compileAppsecConfig', () => {
  const rules = new Map<string, unknown>([
    ['a/vpatch-1', { name: 'a/vpatch-1', rules: [uri('/1')] }],
    ['a/generic-1', { name: 'a/generic-1', rules: [uri('/2')] }],
  ])

  it('puts rules that refuse apart from rules that only report', () => {
    const config = compileAppsecConfig(
      { name: 'c', inband_rules: ['a/vpatch-*'], outofband_rules: ['a/generic-1'], on_match: [] },
      rules,
    )
    expect(config.inband).toContain('phase:2,deny')
    expect(config.outofband).toContain('phase:2,pass')
    expect(config.ignored).toEqual(['on_match'])
  })

  it('refuses a rule that is not there', () => {
    expect(() => compileAppsecConfig({ name: 'c', inband_rules: ['a/ghost'] }, rules)).toThrow(
      'no rule is called a/ghost',
    )
  })
})
