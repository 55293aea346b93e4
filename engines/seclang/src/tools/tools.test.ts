import { describe, expect, it } from 'vitest'

import { compileRuleSet, createSeclangInspector, noRuleFiles } from '../index.ts'
import type { CompiledRuleSet } from '../index.ts'
import {
  evaluateRequest,
  exclusionText,
  explainRequest,
  languageSupport,
  lintRuleSet,
  readFtwDocument,
  runFtwTest,
} from './index.ts'

const rules = `SecRuleEngine On
SecRequestBodyAccess On
SecRule ARGS "@contains evil" "id:10,phase:2,pass,t:none,t:urlDecodeUni,t:lowercase,msg:'Evil',setvar:tx.blocking_inbound_anomaly_score=+5"
SecRule TX:blocking_inbound_anomaly_score "@ge 5" "id:11,phase:2,deny,msg:'Blocked'"
SecRule RESPONSE_BODY "@contains x" "id:12,phase:1,pass"
SecRule ARGS "@streq Abc" "id:13,phase:2,pass,t:lowercase"
SecRule ARGS "@rx .*" "id:14,phase:2,pass,nolog"
SecRule ARGS "@noMatch" "id:15,pass"
SecRuleRemoveById 99`

function compile(text: string): CompiledRuleSet {
  return compileRuleSet([{ file: 'a.conf', text }], { files: noRuleFiles })
}

describe('evaluation of one request', () => {
  const inspector = createSeclangInspector(compile(rules))

  it('gives verdict, status, score and rules in order', () => {
    expect(evaluateRequest({ id: 'a', method: 'GET', uri: '/?q=EVIL' }, inspector)).toEqual({
      id: 'a',
      verdict: 'block',
      status: 403,
      score: 5,
      rules: ['10', '11'],
    })
    expect(evaluateRequest({ id: 'b', method: 'GET', uri: '/?q=good' }, inspector)).toEqual({
      id: 'b',
      verdict: 'pass',
      status: 200,
      score: 0,
      rules: [],
    })
  })

  it('takes bodies as text or base64, headers as object or pairs, and responses', () => {
    const base = {
      id: 'c',
      method: 'POST',
      uri: '/',
      headers: [['Content-Type', 'application/x-www-form-urlencoded']] as const,
    }
    expect(evaluateRequest({ ...base, body: 'a=evil' }, inspector).verdict).toBe('block')
    expect(evaluateRequest({ ...base, bodyBase64: 'YT1ldmls' }, inspector).verdict).toBe('block')
    expect(evaluateRequest({ ...base, headers: { Host: 'x' }, body: 'a=evil' }, inspector).verdict).toBe(
      'pass',
    )
    expect(
      evaluateRequest({ id: 'd', method: 'GET', uri: '/', response: { status: 404, body: 'x' } }, inspector)
        .status,
    ).toBe(404)
  })
})

describe('explaining a request', () => {
  it('shows values through their transformations, scores, and an exclusion that works', () => {
    const request = { id: 'a', method: 'GET', uri: '/shop?q=%2545VIL' }
    const { verdict, rules: matched } = explainRequest(request, compile(rules))
    expect(verdict).toBe('deny')
    const [first, second] = matched
    expect(first?.ruleId).toBe('10')
    expect(first?.values[0]?.variable).toBe('ARGS:q')
    expect(first?.values[0]?.stages.map((stage) => stage.value)).toEqual(['%45VIL', 'EVIL', 'evil'])
    expect(first?.scores).toEqual([{ variable: 'TX:blocking_inbound_anomaly_score', value: '5' }])
    expect(second?.exclusion).toBeNull()
    const quiet = createSeclangInspector(compile(`${first?.exclusion ?? ''}${rules}`))
    expect(evaluateRequest(request, quiet).verdict).toBe('pass')
    expect(evaluateRequest({ ...request, uri: '/other?q=EVIL' }, quiet).verdict).toBe('block')
    expect(evaluateRequest({ ...request, uri: '/shop?r=EVIL' }, quiet).verdict).toBe('block')
  })

  it('writes no exclusion that could end its own quotes', () => {
    const base = { ruleId: '1', path: '/a', variable: 'ARGS:q', id: 5 }
    expect(exclusionText(base)).toBe(
      'SecRule REQUEST_FILENAME "@streq /a" "id:5,phase:1,pass,nolog,t:none,ctl:ruleRemoveTargetById=1;ARGS:q"\n',
    )
    for (const path of ['/a"', '/a\n', '/%{x}', '', '/a b'])
      expect(() => exclusionText({ ...base, path })).toThrow(/path/)
    for (const variable of ['ARGS:a"', "ARGS:a'", 'ARGS:a,b', 'x', 'ARGS:a;b']) {
      expect(() => exclusionText({ ...base, variable })).toThrow(/variable/)
    }
    expect(() => exclusionText({ ...base, ruleId: '1-9' })).toThrow(/rule id/)
  })
})

describe('lint', () => {
  it('finds rules that cannot match, slow patterns, missing phases and idle exclusions', () => {
    const found = lintRuleSet(compile(rules)).map(({ kind, ruleId }) => `${kind} ${ruleId ?? ''}`.trim())
    expect(found.toSorted()).toEqual([
      'exclusion-hits-nothing',
      'missing-phase 15',
      'never-matches 12',
      'never-matches 13',
      'never-matches 15',
      'slow-pattern 14',
    ])
  })
})

describe('language support', () => {
  it('has an entry with a status for every word, and a reason where there is none', () => {
    for (const entries of Object.values(languageSupport())) {
      expect(entries.length).toBeGreaterThan(10)
      for (const { name, status, note } of entries)
        expect(`${name} ${status} ${note === '' && status !== 'yes' ? 'no reason' : ''}`).not.toContain(
          'no reason',
        )
    }
  })
})

describe('CRS test files', () => {
  it('are read in both schemas and judged by ids, texts and status', () => {
    const document = {
      rule_id: '10',
      tests: [
        {
          test_id: '1',
          stages: [
            { input: { uri: '/?a=evil', headers: { Host: 'x' } }, output: { log: { expect_ids: ['10'] } } },
          ],
        },
        {
          test_id: '2',
          stages: [
            {
              stage: {
                input: { uri: '/?a=b', headers: { Host: 'x' } },
                output: { log: { no_expect_ids: ['10'] }, status: '200' },
              },
            },
          ],
        },
        {
          test_id: '3',
          stages: [
            { input: { uri: '/?a=b', headers: { Host: 'x' } }, output: { log: { expect_ids: ['10'] } } },
          ],
        },
        { test_id: '4', stages: [{ input: { version: 'HTTP/9.9' }, output: { status: '400' } }] },
        {
          test_id: '5',
          stages: [
            {
              input: { method: 'POST', headers: { Host: 'x' }, data: 'a={{ "evil" | repeat 2 }}' },
              output: { log: { match_regex: 'id "10"' } },
            },
          ],
        },
      ],
    }
    const inspector = createSeclangInspector(compile(rules))
    const outcomes = readFtwDocument(document, '0').map((test) => runFtwTest(test, inspector))
    expect(outcomes.map(({ test, pass }) => `${test} ${pass}`)).toEqual([
      '10-1 true',
      '10-2 true',
      '10-3 false',
      '10-4 true',
      '10-5 true',
    ])
    expect(outcomes[2]?.why).toContain('missing 10')
  })
})
