import { expect, it } from 'vitest'
import * as edge from './index.ts'

it('exports what it says and nothing else', () => {
  expect(Object.keys(edge).toSorted()).toEqual([
    'DriftReport',
    'SchemaLearner',
    'changeFixes',
    'createSocketEngine',
    'cspControl',
    'cspProposal',
    'decodeFixes',
    'defaultHttpLimits',
    'edgeLayer',
    'fixLimits',
    'fixText',
    'isInForce',
    'readFixState',
    'readFixText',
    'refusalCodes',
  ])
})
