import { describe, expect, it } from 'vitest'
import { madeProof } from '../../test/made-proof.ts'
import { addBackbone } from './add-backbone.ts'
import { backboneAttacks } from './backbone-attacks.ts'

const outcomes = backboneAttacks.map(({ drill }, index) => ({
  name: drill,
  ok: index > 0,
  seconds: 3.5,
  rule: 'part-dark',
}))

describe('addBackbone', () => {
  const proof = addBackbone(madeProof(), { attacks: backboneAttacks, outcomes, scale: 10 })
  const entries = proof.document.attacks.filter((attack) => attack.class === 'backbone')

  it('adds each attack on the watchers as noticed by the backbone, never as stopped', () => {
    expect(entries).toHaveLength(backboneAttacks.length)
    expect(entries[1]).toMatchObject({
      valid: true,
      depth: 1,
      cells: { all: { outcome: 'detected', layers: ['backbone'], secondsToDetection: 3.5 } },
    })
    expect(proof.document.drillScale).toBe(10)
  })

  it('counts what became no incident in time as missed, and names it', () => {
    expect(entries[0]).toMatchObject({ valid: true, depth: 0, cells: { all: { outcome: 'missed' } } })
    expect(proof.document.singlePoints).toContainEqual({
      attack: 'kill-edge',
      layer: null,
      closer: 'immutable',
    })
  })

  it('keeps what the bed found, costs included', () => {
    const made = madeProof()
    const measured = { ...made, document: { ...made.document, cost: { repeats: 6 } } }
    const added = addBackbone(measured, { attacks: backboneAttacks, outcomes, scale: 10 })
    expect(added.document.cost).toEqual({ repeats: 6 })
    expect(added.document.attacks.slice(0, made.document.attacks.length)).toEqual(made.document.attacks)
  })

  it('reports a drill that was not run as an error of the test', () => {
    const added = addBackbone(madeProof(), { attacks: backboneAttacks.slice(0, 1), outcomes: [], scale: 10 })
    expect(added.problems).toEqual(['kill-edge: its drill was not run'])
    expect(added.document.attacks.at(-1)?.valid).toBe(false)
  })

  it('changes nothing when none was asked for', () => {
    const made = madeProof()
    expect(addBackbone(made, { attacks: [], outcomes, scale: 10 })).toBe(made)
  })
})

describe('backboneAttacks', () => {
  it('have ids and drills of their own', () => {
    for (const key of ['id', 'drill'] as const)
      expect(new Set(backboneAttacks.map((attack) => attack[key])).size).toBe(backboneAttacks.length)
  })
})
