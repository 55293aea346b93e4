import type { ConnectionInfo, MatchReport, Verdict } from '@sevenfold/event'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { builtinRules } from '../src/builtin/builtin-rules.ts'
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
  requestId: 'slices',
  startedAtMs: 1_760_000_000_000,
}

// Chains, captures, every form of a value, sums over many values, and selectors: what a pause could disturb.
const rules = String.raw`SecRuleEngine On
SecRequestBodyAccess On
SecRule ARGS "@rx (?i)<(script|img)" "id:1,phase:2,pass,capture,t:urlDecodeUni,t:lowercase,setvar:'tx.s_%{MATCHED_VAR_NAME}=%{tx.1}',setvar:tx.sum=+1,logdata:'%{MATCHED_VAR}'"
SecRule ARGS "@rx union.{0,20}select" "id:2,phase:2,pass,t:urlDecodeUni,t:lowercase,t:removeWhitespace,multiMatch,msg:'m %{MATCHED_VAR_NAME}',chain"
SecRule TX:sum "@ge 2" "setvar:tx.both=+1"
SecRule ARGS|!ARGS:p3 "@streq stop" "id:3,phase:2,pass,setvar:tx.stops=+1"
SecRule ARGS_NAMES|ARGS "@contains x" "id:4,phase:2,pass,setvar:tx.x=+1"
SecRule ARGS "@within alpha beta" "id:5,phase:2,pass,setvar:tx.w=+1"
SecRule TX:sum "@gt 3" "id:6,phase:2,pass,logdata:'%{tx.sum} %{tx.both} %{tx.stops} %{tx.x} %{tx.w}'"
SecRule TX:stops "@ge 3" "id:7,phase:2,deny,status:403"
`

// Operators that can be left inside a value: on members of lists, on scalars, before and after decodings, negated, in a
// chain; and forms of long values that only the prefilter's look at them makes.
const longRules = String.raw`SecRuleEngine On
SecRequestBodyAccess On
SecRule ARGS_NAMES|ARGS "@detectSQLi" "id:11,phase:2,pass,capture,t:none,t:urlDecodeUni,t:removeNulls,multiMatch,logdata:'%{MATCHED_VAR_NAME}',setvar:tx.sql=+1"
SecRule ARGS "@detectXSS" "id:12,phase:2,pass,capture,t:none,t:urlDecodeUni,t:htmlEntityDecode,setvar:tx.xss=+1"
SecRule REQUEST_BODY "@detectXSS" "id:13,phase:2,pass,t:urlDecodeUni,setvar:tx.body=+1"
SecRule ARGS "!@detectSQLi" "id:14,phase:2,pass,setvar:tx.clean=+1"
SecRule ARGS "@detectSQLi" "id:15,phase:2,pass,chain"
SecRule ARGS "@detectXSS" "t:htmlEntityDecode,setvar:tx.both=+1"
SecRule ARGS "@rx <script" "id:16,phase:2,pass,t:base64Decode,t:lowercase,setvar:tx.b64=+1"
SecRule ARGS "@contains union" "id:17,phase:2,pass,t:jsDecode,t:cssDecode,t:removeWhitespace,setvar:tx.js=+1"
SecRule TX:sql|TX:xss|TX:body|TX:clean|TX:both|TX:b64|TX:js "@ge 1" "id:18,phase:2,pass,logdata:'%{MATCHED_VAR_NAME}=%{MATCHED_VAR}'"
`

interface Outcome {
  readonly verdict: Verdict
  readonly report: Omit<MatchReport, 'steps'>
  readonly calls: number
}

function judge(inspector: SeclangInspector, body: string, slice: number): Outcome {
  const inspection = inspector.open(connection)
  let calls = 0
  const settle = (verdict: Verdict): Verdict => {
    let current = verdict
    while (current.kind === 'yield') {
      calls += 1
      current = inspection.resume(slice)
    }
    return current
  }
  const headers = ['Host', 'a', 'Content-Type', 'application/x-www-form-urlencoded']
  let verdict = settle(
    inspection.requestHead({ kind: 'request', method: 'POST', target: '/', version: '1.1', headers }),
  )
  if (verdict.kind === 'more') verdict = settle(inspection.requestBody(Buffer.from(body, 'latin1')))
  if (verdict.kind === 'more') verdict = settle(inspection.requestEnd())
  const { steps: _, ...report } = inspection.report()
  inspection.close()
  return { verdict, report, calls }
}

const value = fc.constantFrom(
  '<script>',
  '%3CIMG',
  'union select',
  'UNION%20SELECT',
  "' or 1=1--",
  'stop',
  'alpha',
  'x',
  '',
  '../../etc/passwd',
  ';cat /etc/passwd',
)
const bodies = fc
  .array(value, { minLength: 1, maxLength: 60 })
  .map((values) => values.map((text, n) => `p${n}=${encodeURIComponent(text)}`).join('&'))

/** Values of 3 to 30 KB: filler that means nothing, around one of these. */
const longValue = fc
  .tuple(
    fc.constantFrom('lorem ipsum ', "it's, ", '1=a(b) x,', 'a<b ', '%27 ', '&#60;b&#62; ', 'x'),
    fc.integer({ min: 3_000, max: 15_000 }),
    value,
    fc.boolean(),
  )
  .map(([filler, size, core, isLast]) => {
    const padding = filler.repeat(Math.ceil(size / filler.length))
    return isLast ? `${padding} ${core}` : `${core} ${padding}${core}`
  })
const longBodies = fc
  .array(fc.oneof(longValue, value), { minLength: 1, maxLength: 4 })
  .map((values) => values.map((text, n) => `p${n}=${encodeURIComponent(text)}`).join('&'))

describe('work in slices', () => {
  const long = compileRuleSet([{ file: 'long.conf', text: longRules }], { files: noRuleFiles })
  const longPlain = compileRuleSet([{ file: 'long.conf', text: longRules }], {
    files: noRuleFiles,
    prefilter: false,
  })

  it('comes to the same inside long values, with the prefilter and without it', () => {
    fc.assert(
      fc.property(longBodies, fc.constantFrom(0, 10, 300, 2_000), (body, slice) => {
        const whole = judge(createSeclangInspector(longPlain), body, Infinity)
        const expected = { verdict: whole.verdict, report: whole.report }
        for (const ruleSet of [long, longPlain]) {
          const cut = judge(createSeclangInspector(ruleSet, { sliceSteps: slice }), body, slice)
          expect({ verdict: cut.verdict, report: cut.report }).toEqual(expected)
        }
        const once = judge(createSeclangInspector(long), body, Infinity)
        expect({ verdict: once.verdict, report: once.report }).toEqual(expected)
      }),
      { numRuns: 40 },
    )
  })

  it('pauses inside one value of 128 KB', () => {
    const body = `v=${encodeURIComponent('1=a(b) x,\' or "'.repeat(5_000))}`
    const { calls } = judge(createSeclangInspector(long, { sliceSteps: 256 }), body, 256)
    expect(calls).toBeGreaterThan(50)
  })

  const own = compileRuleSet([{ file: 'rules.conf', text: rules }], { files: noRuleFiles })
  const plain = compileRuleSet([{ file: 'rules.conf', text: rules }], {
    files: noRuleFiles,
    prefilter: false,
  })
  const builtin = compileRuleSet(builtinRules, { files: noRuleFiles })

  it.each([
    ['rules with the prefilter', own],
    ['rules without it', plain],
    ['the built-in rules', builtin],
  ])('comes to the same as in one piece, wherever it pauses: %s', (_, ruleSet) => {
    const whole = createSeclangInspector(ruleSet)
    fc.assert(
      fc.property(bodies, fc.constantFrom(0, 1, 3, 10, 50), (body, slice) => {
        const cut = judge(createSeclangInspector(ruleSet, { sliceSteps: slice }), body, slice)
        const { verdict, report } = judge(whole, body, Infinity)
        expect({ verdict: cut.verdict, report: cut.report }).toEqual({ verdict, report })
      }),
      { numRuns: 60 },
    )
  })

  it('pauses between the values of one rule, not only between rules', () => {
    const text =
      'SecRuleEngine On\nSecRequestBodyAccess On\nSecRule ARGS "@rx a.b" "id:1,phase:2,pass,nolog"\n'
    const ruleSet = compileRuleSet([{ file: 'one.conf', text }], { files: noRuleFiles })
    const body = Array.from({ length: 500 }, (_, n) => `p${n}=a%20b${'c'.repeat(n)}`).join('&')
    const { calls, verdict } = judge(createSeclangInspector(ruleSet, { sliceSteps: 20 }), body, 20)
    expect(verdict.kind).toBe('pass')
    expect(calls).toBeGreaterThan(200)
  })

  it('of two transactions at once disturbs neither', () => {
    const [first, second] = ['p0=%3Cscript&p1=union+select&p2=%3Cimg', 'p0=stop&p1=x&p2=stop&p9=stop'].map(
      (body) => {
        const inspection = createSeclangInspector(own, { sliceSteps: 1 }).open(connection)
        const headers = ['Host', 'a', 'Content-Type', 'application/x-www-form-urlencoded']
        let verdict = inspection.requestHead({
          kind: 'request',
          method: 'POST',
          target: '/',
          version: '1.1',
          headers,
        })
        while (verdict.kind === 'yield') verdict = inspection.resume(1)
        inspection.requestBody(Buffer.from(body))
        return { inspection, body, verdict: inspection.requestEnd() }
      },
    )
    if (first === undefined || second === undefined) throw new Error('two were made')
    while (first.verdict.kind === 'yield' || second.verdict.kind === 'yield') {
      for (const one of [first, second])
        if (one.verdict.kind === 'yield') one.verdict = one.inspection.resume(1)
    }
    for (const { inspection, body, verdict } of [first, second]) {
      const alone = judge(createSeclangInspector(own), body, Infinity)
      expect(verdict).toEqual(alone.verdict)
      expect(inspection.report().matches).toEqual(alone.report.matches)
    }
  })
})
