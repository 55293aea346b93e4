import type { Verdict } from '@sevenfold/event'
import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../src/transaction/collection-store.ts'
import { transact, type Exchange } from './transact.ts'

const passes: Verdict = { kind: 'pass' }
const get: Exchange = { target: '/?a=attack&b=2' }

/** What disruptive actions and engine modes come to, for one and the same match. */
const disruptive: readonly (readonly [name: string, rules: string, verdict: Verdict])[] = [
  ['deny', 'SecRule ARGS:a "@rx attack" "id:1,phase:1,deny"', { kind: 'deny', status: 403 }],
  [
    'deny with a status',
    'SecRule ARGS:a "@rx attack" "id:1,phase:1,deny,status:418"',
    { kind: 'deny', status: 418 },
  ],
  ['drop', 'SecRule ARGS:a "@rx attack" "id:1,phase:1,drop"', { kind: 'drop' }],
  [
    'redirect with a macro',
    `SecRule ARGS:a "@rx attack" "id:1,phase:1,redirect:'https://x.example/%{ARGS.b}'"`,
    { kind: 'redirect', status: 302, location: 'https://x.example/2' },
  ],
  [
    'redirect with a status',
    `SecRule ARGS:a "@rx attack" "id:1,phase:1,status:307,redirect:'/no'"`,
    { kind: 'redirect', status: 307, location: '/no' },
  ],
  ['pass', 'SecRule ARGS:a "@rx attack" "id:1,phase:1,pass"', passes],
  ['no match', 'SecRule ARGS:a "@rx harmless" "id:1,phase:1,deny"', passes],
  [
    'block as the default says',
    'SecDefaultAction "phase:1,log,deny,status:409"\nSecRule ARGS:a "@rx attack" "id:1,phase:1,block"',
    { kind: 'deny', status: 409 },
  ],
  [
    'block while the default passes',
    'SecDefaultAction "phase:1,log,pass"\nSecRule ARGS:a "@rx attack" "id:1,phase:1,block"',
    passes,
  ],
  [
    'deny while only detecting',
    'SecRuleEngine DetectionOnly\nSecRule ARGS:a "@rx attack" "id:1,phase:1,deny"',
    passes,
  ],
  ['deny while off', 'SecRuleEngine Off\nSecRule ARGS:a "@rx attack" "id:1,phase:1,deny"', passes],
  [
    'the first of two',
    'SecAction "id:1,phase:1,deny,status:401"\nSecAction "id:2,phase:1,deny,status:402"',
    { kind: 'deny', status: 401 },
  ],
  [
    'allow before deny',
    'SecAction "id:1,phase:1,allow"\nSecAction "id:2,phase:1,deny"\nSecAction "id:3,phase:2,deny"',
    passes,
  ],
  [
    'allow of the phase alone',
    'SecAction "id:1,phase:1,allow:phase"\nSecAction "id:2,phase:1,deny"\nSecAction "id:3,phase:2,deny,status:410"',
    { kind: 'deny', status: 410 },
  ],
  ['allow of the request', 'SecAction "id:1,phase:1,allow:request"\nSecAction "id:2,phase:2,deny"', passes],
  [
    'chain that breaks',
    'SecRule ARGS:a "@rx attack" "id:1,phase:1,deny,chain"\nSecRule ARGS:b "@eq 3"',
    passes,
  ],
  [
    'chain that holds',
    'SecRule ARGS:a "@rx attack" "id:1,phase:1,deny,chain"\nSecRule ARGS:b "@eq 2"',
    { kind: 'deny', status: 403 },
  ],
]

/** Rules and the ids that fire, in order. */
const flows: readonly (readonly [name: string, rules: string, ids: readonly string[]])[] = [
  [
    'skip',
    'SecAction "id:1,phase:1,pass,skip:2"\nSecAction "id:2,phase:1,pass"\nSecAction "id:3,phase:1,pass"\nSecAction "id:4,phase:1,pass"',
    ['1', '4'],
  ],
  [
    'skipAfter a marker',
    'SecAction "id:1,phase:1,pass,skipAfter:END"\nSecAction "id:2,phase:1,pass"\nSecMarker END\nSecAction "id:3,phase:1,pass"',
    ['1', '3'],
  ],
  [
    'skipAfter a rule',
    'SecAction "id:1,phase:1,pass,skipAfter:2"\nSecAction "id:2,phase:1,pass"\nSecAction "id:3,phase:1,pass"',
    ['1', '3'],
  ],
  ['order of phases', 'SecAction "id:1,phase:2,pass"\nSecAction "id:2,phase:1,pass"', ['2', '1']],
  ['nolog', 'SecAction "id:1,phase:1,pass,nolog"\nSecAction "id:2,phase:1,pass"', ['2']],
  [
    'removal by id',
    'SecAction "id:1,phase:1,pass"\nSecAction "id:2,phase:1,pass"\nSecRuleRemoveById 1',
    ['2'],
  ],
  [
    'removal by a range of ids',
    'SecAction "id:1,phase:1,pass"\nSecAction "id:5,phase:1,pass"\nSecAction "id:9,phase:1,pass"\nSecRuleRemoveById 2-9',
    ['1'],
  ],
  [
    'removal by tag',
    `SecAction "id:1,phase:1,pass,tag:'x/y'"\nSecAction "id:2,phase:1,pass"\nSecRuleRemoveByTag x/`,
    ['2'],
  ],
  [
    'removal by msg',
    `SecAction "id:1,phase:1,pass,msg:'no good'"\nSecAction "id:2,phase:1,pass"\nSecRuleRemoveByMsg "no good"`,
    ['2'],
  ],
  [
    'a target taken away',
    'SecRule ARGS "@rx attack" "id:1,phase:1,pass"\nSecRuleUpdateTargetById 1 "!ARGS:a"',
    [],
  ],
  [
    'a target added',
    'SecRule ARGS:b "@rx ^/" "id:1,phase:1,pass"\nSecRuleUpdateTargetById 1 "REQUEST_URI"',
    ['1'],
  ],
  [
    'removal for one request by id',
    'SecAction "id:1,phase:1,pass,nolog,ctl:ruleRemoveById=2"\nSecAction "id:2,phase:1,pass"\nSecAction "id:3,phase:1,pass"',
    ['3'],
  ],
  [
    'removal for one request by tag',
    `SecAction "id:1,phase:1,pass,nolog,ctl:ruleRemoveByTag=t"\nSecAction "id:2,phase:1,pass,tag:'t'"`,
    [],
  ],
  [
    'a target taken away for one request',
    'SecAction "id:1,phase:1,pass,nolog,ctl:ruleRemoveTargetById=2;ARGS:a"\nSecRule ARGS "@rx attack" "id:2,phase:1,pass"',
    [],
  ],
  [
    'the engine off for one request',
    'SecAction "id:1,phase:1,pass,nolog,ctl:ruleEngine=Off"\nSecAction "id:2,phase:1,pass"',
    [],
  ],
]

const variables: readonly (readonly [name: string, actions: string, macro: string, value: string])[] = [
  ['set', 'setvar:tx.x=7', '%{tx.x}', '7'],
  ['set without a value', 'setvar:tx.x', '%{tx.x}', '1'],
  ['add', 'setvar:tx.x=5,setvar:tx.x=+3', '%{tx.x}', '8'],
  ['add to nothing', 'setvar:tx.x=+3', '%{tx.x}', '3'],
  ['subtract', 'setvar:tx.x=5,setvar:tx.x=-7', '%{tx.x}', '-2'],
  ['remove', 'setvar:tx.x=5,setvar:!tx.x', '%{tx.x}', ''],
  ['name by macro', "setvar:'tx.x_%{ARGS.b}=y'", '%{tx.x_2}', 'y'],
  ['value by macro', "setvar:'tx.x=%{ARGS.a}-%{REQUEST_METHOD}'", '%{tx.x}', 'attack-GET'],
  ['names without case', 'setvar:TX.Ab=1,setvar:tx.aB=+1', '%{tx.AB}', '2'],
]

describe('actions', () => {
  it.each(disruptive)('%s', (_, rules, verdict) => {
    expect(transact(rules, get).verdict).toEqual(verdict)
  })

  it.each(flows)('%s decide which rules run', (_, rules, ids) => {
    expect(transact(rules, get).ids).toEqual(ids)
  })

  it.each(variables)('setvar: %s', (_, actions, macro, value) => {
    const { report } = transact(
      `SecAction "id:1,phase:1,pass,nolog,${actions}"\nSecAction "id:2,phase:1,pass,logdata:'<${macro}>'"`,
      get,
    )
    expect(report.matches[0]?.data).toBe(`<${value}>`)
  })

  it('capture keeps the match and nine groups, of the last match', () => {
    const { report } = transact(
      `SecRule ARGS:a "@rx (a)(t)(t)(a)(c)(k)" "id:1,phase:1,pass,capture,logdata:'%{tx.0}|%{tx.1}|%{tx.6}|%{tx.7}|'"`,
      get,
    )
    expect(report.matches[0]?.data).toBe('attack|a|k||')
  })

  it('keeps persistent collections between requests of one client, and no other', () => {
    const store = createMemoryStore()
    const rules = `SecAction "id:1,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR},setvar:ip.n=+1"
SecAction "id:2,phase:1,pass,logdata:'%{ip.n}'"`
    const said = [1, 2, 3].map(() => transact(rules, { ...get, store }).report.matches[0]?.data)
    expect(said).toEqual(['1', '2', '3'])
  })
})
