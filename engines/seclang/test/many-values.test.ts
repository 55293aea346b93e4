import type { ConnectionInfo, MatchReport, Verdict } from '@sevenfold/event'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileRuleSet } from '../src/compile/compile-rule-set.ts'
import { noRuleFiles } from '../src/language/rule-files.ts'
import { createSeclangInspector } from '../src/transaction/seclang-inspector.ts'

const connection: ConnectionInfo = {
  clientAddress: '192.0.2.7',
  clientPort: 40_000,
  serverAddress: '192.0.2.1',
  serverPort: 443,
  tls: true,
  requestId: 'many-values',
  startedAtMs: 1_760_000_000_000,
}

// Links that the prefilter finds something for and links that look at every value, with and without a chain, one that is
// negated, one that looks at every form, and one that some values are taken away from.
const rules = String.raw`SecRuleEngine On
SecRequestBodyAccess On
SecAction "id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=URLENCODED,ctl:ruleRemoveTargetById=14;ARGS:k3"
SecRule ARGS "@rx union\s+select" "id:10,phase:2,pass,setvar:tx.a=+1,logdata:'%{MATCHED_VAR_NAME}'"
SecRule ARGS "@rx union\s+SELECT" "id:11,phase:2,pass,t:lowercase,setvar:tx.b=+1"
SecRule ARGS "@rx ^UNION ALL$" "id:12,phase:2,pass,t:uppercase,t:compressWhitespace,setvar:tx.c=+1"
SecRule ARGS "@rx ^\d+$" "id:13,phase:2,pass,setvar:tx.d=+1"
SecRule ARGS "@rx union" "id:14,phase:2,pass,setvar:tx.e=+1"
SecRule ARGS "!@rx [a-z]" "id:15,phase:2,pass,setvar:tx.f=+1"
SecRule ARGS "@rx (?i)or 1=1" "id:16,phase:2,pass,t:urlDecodeUni,multiMatch,setvar:tx.g=+1"
SecRule ARGS_NAMES "@rx ^k\d*7$" "id:17,phase:2,pass,setvar:tx.h=+1"
SecRule TX:a|TX:b|TX:c|TX:d|TX:e|TX:f|TX:g|TX:h "@ge 1" "id:20,phase:2,pass,logdata:'%{MATCHED_VAR_NAME}=%{MATCHED_VAR}'"
`

const compile = (prefilter: boolean) =>
  compileRuleSet([{ file: 'many.conf', text: rules }], { files: noRuleFiles, prefilter })
const [filtered, plain] = [compile(true), compile(false)]

function judge(
  ruleSet: typeof plain,
  body: string,
  slice: number,
): [Verdict, Omit<MatchReport, 'steps'>, number] {
  const inspection = createSeclangInspector(ruleSet, { sliceSteps: slice }).open(connection)
  let calls = 0
  const settle = (verdict: Verdict): Verdict => {
    let current = verdict
    for (; current.kind === 'yield'; calls++) current = inspection.resume(slice)
    return current
  }
  const headers = ['Host', 'a', 'Content-Type', 'application/x-www-form-urlencoded']
  settle(inspection.requestHead({ kind: 'request', method: 'POST', target: '/', version: '1.1', headers }))
  settle(inspection.requestBody(Buffer.from(body, 'latin1')))
  const verdict = settle(inspection.requestEnd())
  const { steps: _, ...report } = inspection.report()
  inspection.close()
  return [verdict, report, calls]
}

const special = [
  'union select',
  'UNION  select',
  'union all',
  '12345',
  'a%20or%201=1',
  'union',
  'x'.repeat(300),
]
/** Where windows of values begin and end, and anywhere else. */
const places = fc.oneof(fc.constantFrom(0, 7, 8, 255, 256, 257, 511, 512), fc.nat(599))
const bodies = fc
  .record({
    count: fc.constantFrom(1, 7, 8, 255, 256, 257, 512, 600),
    filler: fc.constantFrom('union', 'plain', '1', 'union sel', 'y'.repeat(90)),
    placed: fc.array(fc.tuple(places, fc.constantFrom(...special)), { maxLength: 6 }),
  })
  .map(({ count, filler, placed }) => {
    const values = Array.from({ length: count }, () => filler)
    for (const [place, value] of placed) if (place < count) values[place] = value
    return values.map((value, n) => `k${n}=${value.replaceAll(' ', '+')}`).join('&')
  })

describe('many values of one rule', () => {
  it('come to the same looked at together as one by one, in slices of any size', () => {
    const limit = fc.constantFrom(1, 20, 300, Infinity)
    fc.assert(
      fc.property(bodies, limit, (body, slice) => {
        const [verdict, report] = judge(plain, body, Infinity)
        const [cut, cutReport] = judge(filtered, body, slice)
        expect({ verdict: cut, report: cutReport }).toEqual({ verdict, report })
      }),
      { numRuns: 60 },
    )
  })

  it('are left between two windows of them', () => {
    const body = Array.from({ length: 4000 }, (_, n) => `k${n}=union+sel`).join('&')
    const [, , calls] = judge(filtered, body, 200)
    expect(calls).toBeGreaterThan(25)
  })
})
