import { describe, expect, it } from 'vitest'
import { chokePoints, coverageOf, navigatorLayer } from './coverage.ts'
import type { Covers } from './coverage.ts'

const covers: readonly Covers[] = [
  { technique: 'T1190', layer: 'edge', how: 'stops', by: 'sqli-1' },
  { technique: 'T1190', layer: 'runtime', how: 'stops', by: 'sqli-1' },
  { technique: 'T1190', layer: 'edge', how: 'sees', by: 'edge-attack-refused' },
  { technique: 'T1110', layer: 'detection', how: 'sees', by: 'login-guessing' },
]
const tactics = new Map([['T1190', new Set(['initial-access', 'execution'])]])

describe('coverageOf', () => {
  it('counts layers and ways for each technique, the most used first', () => {
    expect(coverageOf(covers, tactics)).toMatchObject([
      {
        technique: 'T1190',
        depth: 2,
        weight: 2,
        stops: { edge: ['sqli-1'], runtime: ['sqli-1'] },
        sees: { edge: ['edge-attack-refused'] },
        tactics: ['execution', 'initial-access'],
      },
      { technique: 'T1110', depth: 1, weight: 1, stops: {} },
    ])
  })
  it('finds where most ways lead through', () => {
    expect(chokePoints(coverageOf(covers, tactics), 1).map(({ technique }) => technique)).toEqual(['T1190'])
  })
  it('becomes a layer of ATT&CK Navigator whose score is the number of layers', () => {
    expect(navigatorLayer(coverageOf(covers, tactics), 'x')).toMatchObject({
      domain: 'enterprise-attack',
      versions: { layer: '4.4' },
      techniques: [
        { techniqueID: 'T1190', score: 2 },
        { techniqueID: 'T1110', score: 1 },
      ],
    })
  })
})
