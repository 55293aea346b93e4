import { expect, it } from 'vitest'
import * as api from '@sevenfold/behaviour'

it('exports of @sevenfold/behaviour change only on purpose', () => {
  expect(Object.keys(api).toSorted()).toEqual([
    'BehaviourEngine',
    'ExprError',
    'GoTime',
    'checkScenario',
    'defaultExprLimits',
    'expectMode',
    'maxDistinctValues',
    'metaOf',
    'recordType',
    'zeroTime',
  ])
})
