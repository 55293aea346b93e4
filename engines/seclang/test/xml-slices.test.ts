import type { ConnectionInfo, MatchReport, Verdict } from '@sevenfold/event'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileRuleSet } from '../src/compile/compile-rule-set.ts'
import { noRuleFiles } from '../src/language/rule-files.ts'
import { createSeclangInspector } from '../src/transaction/seclang-inspector.ts'
import type { SeclangInspector } from '../src/transaction/seclang-inspector.ts'

const connection: ConnectionInfo = {
  clientAddress: '192.0.2.7',
  clientPort: 40_000,
  serverAddress: '192.0.2.1',
  serverPort: 443,
  tls: true,
  requestId: 'xml-slices',
  startedAtMs: 1_760_000_000_000,
}

// Every way in which a rule looks at values of a path: with literals for the prefilter and without, all values at once,
// operators that can be left inside a value, every form of a value, a chain, a count, a target taken away.
const rules = String.raw`SecRuleEngine On
SecRequestBodyAccess On
SecRule REQUEST_HEADERS:Content-Type "@contains xml" "id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=XML"
SecRule REQUEST_HEADERS:X-Leave "@rx ." "id:2,phase:1,pass,nolog,ctl:ruleRemoveTargetById=11;XML://@*"
SecRule XML://@* "@contains union" "id:10,phase:2,pass,t:lowercase,setvar:tx.literal=+1"
SecRule XML://@*|XML:/* "@rx [a-z]{3}\d" "id:11,phase:2,pass,capture,setvar:tx.plain=+1,logdata:'%{tx.0} %{MATCHED_VAR_NAME}'"
SecRule XML://@* "@detectSQLi" "id:12,phase:2,pass,capture,t:urlDecodeUni,multiMatch,setvar:tx.sql=+1"
SecRule XML://@* "@detectXSS" "id:13,phase:2,pass,t:htmlEntityDecode,chain"
SecRule TX:literal "@ge 2" "setvar:tx.both=+1"
SecRule XML://text() "!@rx x" "id:14,phase:2,pass,setvar:tx.clean=+1"
SecRule &XML://@* "@gt 20" "id:15,phase:2,pass,setvar:tx.many=1"
SecRule TX:literal|TX:plain|TX:sql|TX:both|TX:clean|TX:many "@ge 1" "id:16,phase:2,pass,logdata:'%{MATCHED_VAR_NAME}=%{MATCHED_VAR}'"
SecRule XML://@* "@streq stop" "id:17,phase:2,deny,status:403"
`

interface Outcome {
  readonly verdict: Verdict
  readonly report: Omit<MatchReport, 'steps'>
  readonly calls: number
}

function judge(
  inspector: SeclangInspector,
  body: string,
  slice: number,
  more: readonly string[] = [],
): Outcome {
  const inspection = inspector.open(connection)
  let calls = 0
  const settle = (verdict: Verdict): Verdict => {
    let current = verdict
    for (; current.kind === 'yield'; calls++) current = inspection.resume(slice)
    return current
  }
  const headers = ['Host', 'a', 'Content-Type', 'text/xml', ...more]
  settle(inspection.requestHead({ kind: 'request', method: 'POST', target: '/', version: '1.1', headers }))
  settle(inspection.requestBody(Buffer.from(body, 'latin1')))
  const verdict = settle(inspection.requestEnd())
  const { steps: _, ...report } = inspection.report()
  inspection.close()
  return { verdict, report, calls }
}

const compile = (prefilter: boolean) =>
  compileRuleSet([{ file: 'xml.conf', text: rules }], { files: noRuleFiles, prefilter })
const ruleSets = { 'with the prefilter': compile(true), 'without it': compile(false) }

const value = fc.constantFrom(
  'plain',
  'abc1',
  'UNION all',
  '1 or 1=1--',
  '%27 union select',
  '&lt;script&gt;',
  '&#60;img src=x onerror=y&#62;',
  '',
  'x',
)
const element = fc
  .record({ value, text: value, nested: fc.boolean() })
  .map(({ value: held, text, nested }) =>
    nested ? `<b><c at="${held}">${text}</c>${text}</b>` : `<b at="${held}">${text}</b>`,
  )
const documents = fc
  .tuple(fc.array(element, { minLength: 1, maxLength: 60 }), fc.boolean())
  .map(([elements, stops]) => `<a>${elements.join('')}${stops ? '<z at="stop"/>' : ''}</a>`)

describe('values of XML in slices', () => {
  it.each(Object.entries(ruleSets))(
    'come to the same as in one piece, wherever it pauses: %s',
    (_, ruleSet) => {
      const whole = createSeclangInspector(ruleSets['without it'])
      const leaving = fc.constantFrom([], ['X-Leave', '1'])
      fc.assert(
        fc.property(documents, leaving, fc.constantFrom(0, 1, 3, 10, 50), (body, more, slice) => {
          const cut = judge(createSeclangInspector(ruleSet, { sliceSteps: slice }), body, slice, more)
          const { verdict, report } = judge(whole, body, Infinity, more)
          expect({ verdict: cut.verdict, report: cut.report }).toEqual({ verdict, report })
        }),
        { numRuns: 80 },
      )
    },
  )

  it('pause a rule between two of them', () => {
    const text = `SecRuleEngine On
SecRequestBodyAccess On
SecAction "id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=XML"
SecRule XML://@* "@detectSQLi" "id:2,phase:2,pass,nolog,t:lowercase"
`
    const ruleSet = compileRuleSet([{ file: 'one.conf', text }], { files: noRuleFiles, prefilter: false })
    const body = `<a>${Array.from({ length: 500 }, (_, n) => `<b c="D${n}"/>`).join('')}</a>`
    const { calls, verdict } = judge(createSeclangInspector(ruleSet, { sliceSteps: 10 }), body, 10)
    expect(verdict.kind).toBe('pass')
    expect(calls).toBeGreaterThan(40)
  })

  it('cost steps by the size of the document, once for each path', () => {
    const steps = (elements: number, paths: readonly string[]): number => {
      const targets = paths.map((path) => `XML:${path}`).join('|')
      const text = `SecRuleEngine On
SecRequestBodyAccess On
SecAction "id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=XML"
SecRule ${targets} "@streq none" "id:2,phase:2,pass,nolog"
`
      const ruleSet = compileRuleSet([{ file: 'one.conf', text }], { files: noRuleFiles })
      const inspection = createSeclangInspector(ruleSet).open(connection)
      const headers = ['Host', 'a', 'Content-Type', 'text/xml']
      inspection.requestHead({ kind: 'request', method: 'POST', target: '/', version: '1.1', headers })
      inspection.requestBody(Buffer.from(`<a>${'<b/>'.repeat(elements)}</a>`))
      inspection.requestEnd()
      return inspection.report().steps
    }
    const [one, two] = [steps(10_000, ['//@c']), steps(10_000, ['//@c', '//@d'])]
    expect(two - one).toBeGreaterThan(1000)
    expect(two - one).toBeLessThan(2000)
    expect(steps(10_000, ['//@c', '//@c']) - one).toBeLessThan(10)
    expect(one).toBeGreaterThan(1.9 * steps(5_000, ['//@c']))
    expect(one).toBeLessThan(2.1 * steps(5_000, ['//@c']))
  })
})
