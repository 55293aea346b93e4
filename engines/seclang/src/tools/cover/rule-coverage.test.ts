import { describe, expect, it } from 'vitest'
import { compileRuleSet } from '../../compile/compile-rule-set.ts'
import { noRuleFiles } from '../../language/rule-files.ts'
import { ruleCoverage } from './rule-coverage.ts'

const text = `SecRuleEngine DetectionOnly
SecAction "id:9,phase:1,pass,nolog"
SecRule ARGS "@contains a" "id:1,phase:2,deny,status:403"
SecRule ARGS "@contains b" "id:2,phase:2,deny,status:403,chain"
SecRule REQUEST_METHOD "@streq POST"
SecRule REQUEST_METHOD "@streq GET" "id:3,phase:1,pass,nolog"
SecRule ARGS "@contains never" "id:4,phase:2,deny,status:403"
`

describe('ruleCoverage', () => {
  it('counts requests for each rule with a condition, chains as a whole', () => {
    const run = ruleCoverage(compileRuleSet([{ file: 'rules', text }], { files: noRuleFiles }))
    for (const uri of ['/?q=a&p=a', '/?q=ab', '/?q=c']) run.add({ id: uri, method: 'GET', uri })
    expect(run.result().map(({ ruleId, line, log, requests }) => [ruleId, line, log, requests])).toEqual([
      [1, 3, true, 2],
      [2, 4, true, 0],
      [3, 6, false, 3],
      [4, 7, true, 0],
    ])
  })

  it('has zeros for a corpus without requests', () => {
    const run = ruleCoverage(compileRuleSet([{ file: 'rules', text }], { files: noRuleFiles }))
    expect(run.result().every(({ requests }) => requests === 0)).toBe(true)
  })
})
