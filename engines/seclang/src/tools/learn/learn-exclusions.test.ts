import { describe, expect, it } from 'vitest'
import { compileRuleSet } from '../../compile/compile-rule-set.ts'
import type { CompiledRuleSet } from '../../compile/compiled-rule-set.ts'
import { noRuleFiles } from '../../language/rule-files.ts'
import type { EvalRequest } from '../eval/evaluate-request.ts'
import { learnExclusions } from './learn-exclusions.ts'

const rules = `SecRuleEngine On
SecRule ARGS "@contains bad" "id:1,phase:2,pass,log,setvar:tx.score=+5"
SecRule ARGS "@contains worse" "id:2,phase:2,deny,status:403"
SecRule REQUEST_METHOD "@streq TRACE" "id:3,phase:1,deny,status:405"
SecRule TX:score "@ge 5" "id:4,phase:2,deny,status:403"
`
const compile = (exclusions: string): CompiledRuleSet =>
  compileRuleSet(
    [
      { file: 'exclusions', text: exclusions },
      { file: 'rules', text: rules },
    ],
    { files: noRuleFiles },
  )
const get = (id: string, uri: string): EvalRequest => ({ id, method: 'GET', uri })
const learn = (benign: EvalRequest[], attacks: EvalRequest[] = []) =>
  learnExclusions({ benign, attacks, compile })

describe('learnExclusions', () => {
  it('proposes one rule, one path, one parameter, and counts the requests that need it', () => {
    const { exclusions, blocked, stillBlocked } = learn([
      get('1', '/a?q=bad'),
      get('2', '/a?q=bad+too'),
      get('3', '/a?q=good'),
    ])
    expect(exclusions).toMatchObject([{ ruleId: '1', path: '/a', variable: 'ARGS:q', requests: 2 }])
    expect({ blocked, stillBlocked }).toEqual({ blocked: 2, stillBlocked: [] })
  })

  it('finds the rules behind the first one', () => {
    const { exclusions, stillBlocked } = learn([get('1', '/a?q=worse+and+bad')])
    expect(exclusions.map(({ ruleId }) => ruleId).toSorted()).toEqual(['1', '2'])
    expect(stillBlocked).toEqual([])
  })

  it('never proposes to leave out the rules that add up scores', () => {
    for (const { ruleId } of learn([get('1', '/a?q=bad'), get('2', '/b?p=bad')]).exclusions)
      expect(ruleId).toBe('1')
  })

  it('shows what each exclusion lets through, and what all of them do', () => {
    const { exclusions, attacksBlocked, letsThrough } = learn(
      [get('1', '/a?q=bad'), get('2', '/b?q=bad')],
      [get('x', '/a?q=bad+attack'), get('y', '/a?p=bad'), get('z', '/c?q=bad'), get('u', '/a?q=unseen')],
    )
    expect(exclusions.map(({ path, letsThrough: ids }) => [path, ids])).toEqual([
      ['/a', ['x']],
      ['/b', []],
    ])
    expect({ attacksBlocked, letsThrough }).toEqual({ attacksBlocked: 3, letsThrough: ['x'] })
  })

  it('says which requests stay blocked because nothing exact can be written', () => {
    const { exclusions, stillBlocked } = learn([get('1', '/a%22?q=bad')])
    expect({ exclusions, stillBlocked }).toEqual({ exclusions: [], stillBlocked: ['1'] })
  })

  it('has nothing to say about traffic that passes', () => {
    expect(learn([get('1', '/a?q=good')], [get('x', '/a?q=bad')])).toEqual({
      exclusions: [],
      blocked: 0,
      stillBlocked: [],
      attacksBlocked: 1,
      letsThrough: [],
    })
  })
})
