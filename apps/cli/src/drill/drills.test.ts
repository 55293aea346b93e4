import { backboneAttacks } from '@sevenfold/prove'
import { describe, expect, it } from 'vitest'
import { drills } from './drills.ts'

describe('drills', () => {
  it('have names of their own, and limits', () => {
    expect(new Set(drills.map(({ name }) => name)).size).toBe(drills.length)
    expect(drills.every(({ limitSeconds, rules }) => limitSeconds > 0 && rules.length > 0)).toBe(true)
  })

  it('hold every one that a proof asks for', () => {
    const names = new Set(drills.map(({ name }) => name))
    expect(backboneAttacks.filter(({ drill }) => !names.has(drill))).toEqual([])
  })
})
