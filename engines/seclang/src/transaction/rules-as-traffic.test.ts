import { describe, expect, it } from 'vitest'

import type { ConnectionInfo, Verdict } from '@sevenfold/event'

import { compileRuleSet, createMemoryStore, createSeclangInspector, noRuleFiles } from '../index.ts'
import type { CollectionStore, Dialect, SeclangInspection } from '../index.ts'

const connection: ConnectionInfo = {
  clientAddress: '192.0.2.7',
  clientPort: 40_000,
  serverAddress: '192.0.2.1',
  serverPort: 443,
  tls: true,
  requestId: 'r1',
  startedAtMs: 1_760_000_000_000,
}

interface Traffic {
  readonly target?: string
  readonly method?: string
  readonly headers?: readonly string[]
  readonly body?: string
  readonly response?: {
    readonly status?: number
    readonly headers?: readonly string[]
    readonly body?: string
  }
  readonly store?: CollectionStore
  readonly dialect?: Dialect
  readonly now?: number
  readonly chunk?: number
}

function send(
  rules: string,
  traffic: Traffic = {},
): { verdict: Verdict; inspection: SeclangInspection; ids: string[] } {
  const text = `SecRuleEngine On\nSecRequestBodyAccess On\nSecResponseBodyAccess On\n${rules}`
  const ruleSet = compileRuleSet([{ file: 'a.conf', text }], {
    files: noRuleFiles,
    dialect: traffic.dialect ?? 'crs',
  })
  const inspector = createSeclangInspector(
    ruleSet,
    traffic.store === undefined ? {} : { store: traffic.store },
  )
  const inspection = inspector.open({ ...connection, startedAtMs: traffic.now ?? connection.startedAtMs })
  const verdict = run(inspection, traffic)
  inspection.close()
  return { verdict, inspection, ids: inspection.report().matches.map((match) => match.ruleId) }
}

function run(inspection: SeclangInspection, traffic: Traffic): Verdict {
  const { target = '/', method = 'GET', headers = [], body = '', response } = traffic
  const calls = [() => inspection.requestHead({ kind: 'request', method, target, version: '1.1', headers })]
  const bytes = Buffer.from(body, 'latin1')
  const size = traffic.chunk ?? Math.max(1, bytes.length)
  for (let at = 0; at < bytes.length; at += size)
    calls.push(() => inspection.requestBody(bytes.subarray(at, at + size)))
  calls.push(() => inspection.requestEnd())
  if (response !== undefined) {
    const head = {
      status: response.status ?? 200,
      reason: '',
      version: '1.1',
      headers: response.headers ?? [],
    }
    calls.push(() => inspection.responseHead({ kind: 'response', ...head }))
    if (response.body !== undefined)
      calls.push(() => inspection.responseBody(Buffer.from(response.body ?? '', 'latin1')))
    calls.push(() => inspection.responseEnd())
  }
  let verdict: Verdict = { kind: 'pass' }
  for (const call of calls) {
    verdict = call()
    if (verdict.kind !== 'pass' && verdict.kind !== 'more') return verdict
  }
  return verdict
}

const form = ['Content-Type', 'application/x-www-form-urlencoded']
const json = 'SecAction "id:9,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON"\n'

const hits: readonly (readonly [what: string, rules: string, traffic: Traffic, ids: readonly string[]])[] = [
  ['an argument of the query', 'SecRule ARGS:a "@streq x y" "id:1,pass"', { target: '/?a=x+y' }, ['1']],
  ['names of arguments', 'SecRule ARGS_NAMES "@streq b" "id:1,pass"', { target: '/?b=1' }, ['1']],
  ['selectors without case', 'SecRule ARGS:NAME "@streq 1" "id:1,pass"', { target: '/?name=1' }, ['1']],
  [
    'regular expressions as selectors',
    'SecRule ARGS:/^x[0-9]$/ "@streq 1" "id:1,pass"',
    { target: '/?x5=1' },
    ['1'],
  ],
  ['nothing that is left out', 'SecRule ARGS|!ARGS:a "@streq 1" "id:1,pass"', { target: '/?a=1' }, []],
  ['counts', 'SecRule &ARGS "@eq 3" "id:1,pass"', { target: '/?a=1&b=2&a=3' }, ['1']],
  [
    'cookies',
    'SecRule REQUEST_COOKIES:sid "@rx ^[0-9]+$" "id:1,pass"',
    { headers: ['Cookie', 'x=y; sid=42'] },
    ['1'],
  ],
  [
    'repeated headers',
    'SecRule REQUEST_HEADERS:X-A "@streq 2" "id:1,pass"',
    { headers: ['X-A', '1', 'x-a', '2'] },
    ['1'],
  ],
  [
    'a body that is kept as it is',
    'SecAction "id:9,phase:1,pass,nolog,ctl:requestBodyProcessor=RAW"\nSecRule REQUEST_BODY "@streq a=1" "id:1,phase:2,pass"\nSecRule ARGS|REQBODY_ERROR "@rx [^0]" "id:2,phase:2,pass"',
    { method: 'POST', headers: ['Content-Type', 'x/y'], body: 'a=1' },
    ['1'],
  ],
  [
    'a form body',
    'SecRule ARGS_POST:a "@streq b c" "id:1,phase:2,pass"',
    { headers: form, body: 'a=b%20c' },
    ['1'],
  ],
  [
    'a JSON body',
    `${json}SecRule ARGS:json.a.b "@streq c" "id:1,phase:2,pass"`,
    { body: '{"a":{"b":"c"}}' },
    ['1'],
  ],
  ['a broken body', `${json}SecRule REQBODY_ERROR "@eq 1" "id:1,phase:2,pass"`, { body: '{' }, ['1']],
  [
    'a chain as a whole',
    'SecRule ARGS:a "@streq 1" "id:1,pass,chain"\nSecRule ARGS:b "@streq 2"',
    { target: '/?a=1&b=2' },
    ['1'],
  ],
  [
    'no half chain',
    'SecRule ARGS:a "@streq 1" "id:1,pass,chain"\nSecRule ARGS:b "@streq 2"',
    { target: '/?a=1&b=3' },
    [],
  ],
  [
    'what the link before matched',
    'SecRule ARGS "@rx a" "id:1,pass,chain"\nSecRule MATCHED_VARS "@streq bad"',
    { target: '/?x=ba&y=bad' },
    ['1'],
  ],
  [
    'captures',
    'SecRule ARGS "@rx (a)(b)?(c)" "id:1,pass,capture,chain"\nSecRule TX:3 "@streq c"',
    { target: '/?x=ac' },
    ['1'],
  ],
  [
    'transformed values',
    'SecRule ARGS "@streq <x>" "id:1,pass,t:none,t:urlDecodeUni,t:htmlEntityDecode,t:lowercase"',
    { target: '/?a=%2526lt;X%2526gt;' },
    ['1'],
  ],
  [
    'values between transformations',
    'SecRule ARGS "@streq %41" "id:1,pass,multiMatch,t:none,t:urlDecode"',
    { target: '/?a=%2541' },
    ['1'],
  ],
  ['negated operators', 'SecRule REQUEST_METHOD "!@within GET HEAD" "id:1,pass"', { method: 'TRACE' }, ['1']],
  [
    'macros in parameters',
    'SecAction "id:8,phase:1,nolog,pass,setvar:tx.ok=/a/ /b/"\nSecRule REQUEST_FILENAME "!@within %{tx.ok}" "id:1,phase:1,pass"',
    { target: '/c/' },
    ['1'],
  ],
  [
    'a response header',
    'SecRule RESPONSE_HEADERS:Server "@contains nginx" "id:1,phase:3,pass"',
    { response: { headers: ['Server', 'nginx/1'] } },
    ['1'],
  ],
  [
    'a response body of an inspected type',
    'SecRule RESPONSE_BODY "@contains ORA-" "id:1,phase:4,pass"',
    { response: { headers: ['Content-Type', 'text/html; x'], body: 'ORA-1' } },
    ['1'],
  ],
  [
    'no response body of another type',
    'SecRule RESPONSE_BODY "@contains ORA-" "id:1,phase:4,pass"',
    { response: { headers: ['Content-Type', 'image/png'], body: 'ORA-1' } },
    [],
  ],
  [
    'scores',
    'SecRule ARGS "@contains x" "id:1,phase:1,nolog,pass,setvar:tx.s=+5"\nSecRule TX:s "@eq 10" "id:2,phase:1,pass"',
    { target: '/?a=x&b=x' },
    ['2'],
  ],
  [
    'logging rules after the end',
    'SecAction "id:1,phase:1,deny,nolog"\nSecAction "id:2,phase:5,pass"',
    {},
    ['2'],
  ],
  [
    'rules after skip',
    'SecAction "id:1,phase:1,pass,nolog,skip:1"\nSecAction "id:2,phase:1,pass"\nSecAction "id:3,phase:1,pass"',
    {},
    ['3'],
  ],
  [
    'rules after a marker',
    'SecAction "id:1,phase:1,pass,nolog,skipAfter:END"\nSecAction "id:2,phase:1,pass"\nSecMarker END\nSecAction "id:3,phase:1,pass"',
    {},
    ['3'],
  ],
  [
    'no removed rule',
    'SecAction "id:1,phase:1,pass,nolog,ctl:ruleRemoveById=2-3"\nSecAction "id:2,phase:1,pass"\nSecAction "id:4,phase:1,pass"',
    {},
    ['4'],
  ],
  [
    'no rule removed by tag',
    'SecAction "id:1,phase:1,pass,nolog,ctl:ruleRemoveByTag=x"\nSecAction "id:2,phase:1,pass,tag:\'a/x\'"',
    {},
    [],
  ],
  [
    'no target removed for one rule',
    'SecAction "id:1,phase:1,pass,nolog,ctl:ruleRemoveTargetById=2;ARGS:a"\nSecRule ARGS "@streq 1" "id:2,phase:2,pass"\nSecRule ARGS "@streq 1" "id:3,phase:2,pass"',
    { target: '/?a=1' },
    ['3'],
  ],
  [
    'what is left when a rule taken for granted is removed',
    'SecRule ARGS "x" "id:1,phase:1,pass,nolog,ctl:ruleRemoveById=2"\nSecAction "id:2,phase:1,pass,nolog,setvar:tx.n=1"\nSecRule &TX:n "@eq 0" "id:3,phase:1,pass"',
    { target: '/?a=x' },
    ['3'],
  ],
  [
    'nothing once the engine is off',
    'SecAction "id:1,phase:1,pass,nolog,ctl:ruleEngine=Off"\nSecAction "id:2,phase:1,deny"',
    {},
    [],
  ],
  [
    'members of TX by pattern',
    'SecAction "id:1,phase:1,pass,nolog,setvar:tx.n=1,setvar:tx.seen_%{tx.n}=v"\nSecRule TX:/^SEEN_/ "@streq v" "id:2,phase:1,pass"',
    {},
    ['2'],
  ],
]

const verdicts: readonly (readonly [what: string, rules: string, traffic: Traffic, verdict: Verdict])[] = [
  ['denies with 403 by default', 'SecAction "id:1,phase:1,deny"', {}, { kind: 'deny', status: 403 }],
  [
    'denies with the status of the rule',
    'SecAction "id:1,phase:1,deny,status:418"',
    {},
    { kind: 'deny', status: 418 },
  ],
  [
    'blocks as the defaults of the phase say',
    'SecDefaultAction "phase:2,deny,status:406"\nSecAction "id:1,phase:2,block"',
    {},
    { kind: 'deny', status: 406 },
  ],
  ['passes a block without defaults', 'SecAction "id:1,phase:2,block"', {}, { kind: 'pass' }],
  ['drops', 'SecAction "id:1,phase:1,drop"', {}, { kind: 'drop' }],
  [
    'redirects to an expanded address',
    'SecAction "id:1,phase:1,redirect:\'https://x/%{REQUEST_METHOD}\',status:307"',
    {},
    { kind: 'redirect', status: 307, location: 'https://x/GET' },
  ],
  ['allows the rest', 'SecAction "id:1,phase:1,allow"\nSecAction "id:2,phase:2,deny"', {}, { kind: 'pass' }],
  [
    'allows one phase only',
    'SecAction "id:1,phase:1,allow:phase"\nSecAction "id:2,phase:1,deny"\nSecAction "id:3,phase:2,deny,status:404"',
    {},
    { kind: 'deny', status: 404 },
  ],
  [
    'only reports in detection mode',
    'SecRuleEngine DetectionOnly\nSecAction "id:1,phase:1,deny"',
    {},
    { kind: 'pass' },
  ],
  [
    'refuses a body over the limit',
    'SecRequestBodyLimit 4',
    { headers: form, body: 'a=123' },
    { kind: 'deny', status: 413 },
  ],
  ['takes a body at the limit', 'SecRequestBodyLimit 5', { headers: form, body: 'a=123' }, { kind: 'pass' }],
  [
    'takes the beginning of a body when told to',
    'SecRequestBodyLimit 4\nSecRequestBodyLimitAction ProcessPartial\nSecRule ARGS:a "@streq 12" "id:1,phase:2,deny"',
    { headers: form, body: 'a=123' },
    { kind: 'deny', status: 403 },
  ],
]

describe('rules as traffic', () => {
  it.each(hits)('match %s', (_what, rules, traffic, ids) => {
    expect(send(rules, traffic).ids).toEqual(ids)
  })

  it.each(verdicts)('%s', (_what, rules, traffic, verdict) => {
    expect(send(rules, traffic).verdict).toEqual(verdict)
  })

  it('report message, data, severity, tags and variable of a match', () => {
    const rules = `SecRule ARGS "@rx b(a)d" "id:7,phase:2,deny,capture,msg:'Bad %{ARGS.x}',logdata:'%{TX.1} in %{MATCHED_VAR_NAME}=%{MATCHED_VAR}',severity:CRITICAL,tag:'t/1',ver:'V/1'"`
    const { inspection } = send(rules, { target: '/?x=abad' })
    expect(inspection.report().matches).toEqual([
      {
        ruleId: '7',
        phase: 2,
        message: 'Bad abad',
        data: 'a in ARGS:x=abad',
        severity: 2,
        tags: ['t/1'],
        variable: 'ARGS:x',
        ruleset: 'V/1',
        disruptive: true,
      },
    ])
  })

  it('keep counters between requests and let them expire', () => {
    const store = createMemoryStore()
    const rules = `SecAction "id:1,phase:1,nolog,pass,initcol:ip=%{REMOTE_ADDR},setvar:ip.n=+1,expirevar:ip.n=60"
SecRule IP:n "@ge 3" "id:2,phase:1,deny"`
    const at = (seconds: number): string => send(rules, { store, now: seconds * 1000 }).verdict.kind
    expect([at(0), at(1), at(2), at(3)]).toEqual(['pass', 'pass', 'deny', 'deny'])
    expect(at(3600 * 24)).toBe('pass')
  })

  it('give the same for a body in one piece and in single bytes', () => {
    const rules = 'SecRule ARGS:b "@streq c d" "id:1,phase:2,deny"'
    const traffic = { headers: form, body: 'a=%41&b=c+d' }
    for (let chunk = 1; chunk <= traffic.body.length; chunk++) {
      expect(send(rules, { ...traffic, chunk }).verdict).toEqual({ kind: 'deny', status: 403 })
    }
  })

  it('pause after a slice of steps and end at the budget', () => {
    const text = `SecRuleEngine On\n${Array.from({ length: 50 }, (_, index) => `SecRule REQUEST_METHOD "!@streq x" "id:${index + 1},phase:1,pass,nolog"`).join('\n')}`
    const ruleSet = compileRuleSet([{ file: 'a.conf', text }], { files: noRuleFiles })
    const head = { kind: 'request' as const, method: 'GET', target: '/', version: '1.1', headers: [] }
    const slow = createSeclangInspector(ruleSet, { sliceSteps: 10 }).open(connection)
    expect(slow.requestHead(head)).toEqual({ kind: 'yield' })
    let verdict = slow.resume(10)
    for (let turn = 0; verdict.kind === 'yield' && turn < 20; turn++) verdict = slow.resume(10)
    expect(verdict.kind).toBe('pass')
    const poor = createSeclangInspector(ruleSet, { totalSteps: 10 }).open(connection)
    expect(poor.requestHead(head)).toEqual({ kind: 'exhausted' })
    expect(poor.requestEnd()).toEqual({ kind: 'exhausted' })
    expect(poor.report().interruption).toEqual({ kind: 'exhausted' })
  })

  it('take 10,000 parameters without trouble', () => {
    const target = `/?${Array.from({ length: 10_000 }, (_, index) => `p${index}=v`).join('&')}`
    const rules = 'SecArgumentsLimit 20000\nSecRule &ARGS "@eq 10000" "id:1,phase:1,pass"'
    expect(send(rules, { target }).ids).toEqual(['1'])
    expect(send('SecRule &ARGS "@eq 1000" "id:1,phase:1,pass"', { target }).ids).toEqual(['1'])
  })

  it('follow the dialect where the peers differ', () => {
    const rules = 'SecRule ARGS "@rx ^b$" "id:1,phase:1,pass"'
    expect(send(rules, { target: '/?x=a%0ab' }).ids).toEqual([])
    expect(send(rules, { target: '/?x=a%0ab', dialect: 'libmodsecurity3' }).ids).toEqual(['1'])
  })
})
