import { describe, expect, it } from 'vitest'

import { noRuleFiles } from '../language/rule-files.ts'
import { compileRuleSet } from './compile-rule-set.ts'

function left(text: string, phase = 1): string[] {
  const { folded } = compileRuleSet([{ file: 'a', text }], { files: noRuleFiles })
  return (folded?.phases[phase] ?? []).map((step) =>
    step.kind === 'writes' ? `writes ${step.values.join(' ')}` : `${step.kind} ${step.rule.id}`,
  )
}

const setup = 'SecAction "id:1,phase:1,nolog,pass,setvar:tx.level=1"\n'

const cases: readonly (readonly [what: string, text: string, left: readonly string[]])[] = [
  [
    'joins what a set-up writes',
    `${setup}SecRule &TX:x "@eq 0" "id:2,phase:1,nolog,pass,setvar:tx.x=%{tx.level}"`,
    ['writes 1 1'],
  ],
  ['counts', `${setup}SecAction "id:2,phase:1,nolog,pass,setvar:tx.level=+4"`, ['writes 1 5']],
  ['leaves out rules that never match', `${setup}SecRule TX:level "@ge 2" "id:2,phase:1,deny"`, []],
  [
    'leaves out what is always skipped',
    `${setup}SecRule TX:level "@lt 2" "id:2,phase:1,nolog,pass,skipAfter:E"\nSecRule ARGS "x" "id:3,phase:1,deny"\nSecMarker E\nSecAction "id:4,phase:1,deny"`,
    ['rule 4'],
  ],
  [
    'keeps what depends on the request',
    `${setup}SecRule ARGS "x" "id:2,phase:1,nolog,pass,setvar:tx.level=2"\nSecRule TX:level "@ge 2" "id:3,phase:1,deny"`,
    ['rule 2', 'rule 3'],
  ],
  [
    'keeps what may be jumped over',
    `SecRule ARGS "x" "id:2,phase:1,nolog,pass,skip:1"\n${setup}SecRule TX:level "@eq 1" "id:3,phase:1,deny"`,
    ['rule 2', 'rule 1', 'rule 3'],
  ],
  ['keeps rules that are logged', 'SecAction "id:2,phase:1,pass,log"', ['rule 2']],
  [
    'forgets what a name made at run time may overwrite',
    `${setup}SecRule ARGS "x" "id:2,phase:1,nolog,pass,setvar:tx.le%{ARGS.a}=7"\nSecRule TX:level "@eq 1" "id:3,phase:1,deny"`,
    ['rule 2', 'rule 3'],
  ],
  ['trusts no capture', 'SecRule TX:1 "@eq 0" "id:2,phase:1,deny"', ['rule 2']],
]

describe('folding', () => {
  it.each(cases)('%s', (_what, text, expected) => {
    const steps = left(text)
    const isWriteOfSetUp = (step: string): boolean => step === 'writes 1'
    expect(steps.filter((step) => !isWriteOfSetUp(step))).toEqual(expected)
  })

  it('carries constants from one phase to the next', () => {
    expect(left(`${setup}SecRule TX:level "@eq 1" "id:2,phase:2,nolog,pass,setvar:tx.y=9"`, 2)).toEqual([
      'writes 9',
    ])
  })
})
