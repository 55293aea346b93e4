import { describe, expect, it } from 'vitest'
import { incidentScore, scoreOf } from './score.ts'

describe('scoreOf', () => {
  it('makes one grave alert an incident, and a mild one none', () => {
    expect(scoreOf({ level: 'high', layers: 1, tactics: 1 })).toBeGreaterThanOrEqual(incidentScore)
    expect(scoreOf({ level: 'medium', layers: 1, tactics: 1 })).toBeLessThan(incidentScore)
  })
  it('makes mild alerts an incident when layers agree and steps follow each other', () => {
    expect(scoreOf({ level: 'medium', layers: 3, tactics: 3 })).toBeGreaterThanOrEqual(incidentScore)
    expect(scoreOf({ level: 'medium', layers: 2, tactics: 2 })).toBeLessThan(incidentScore)
    expect(scoreOf({ level: 'low', layers: 7, tactics: 5 })).toBeGreaterThanOrEqual(incidentScore)
  })
  it('never falls with a graver level, a further layer or a further tactic', () => {
    const levels = ['informational', 'low', 'medium', 'high', 'critical'] as const
    const grid = levels.map((level) => [1, 2, 3, 4].map((n) => scoreOf({ level, layers: n, tactics: n })))
    for (const row of grid) expect(row.toSorted((a, b) => a - b)).toEqual(row)
    for (const n of [0, 1, 2, 3])
      expect(grid.map((row) => row[n] ?? 0)).toEqual(grid.map((row) => row[n] ?? 0).toSorted((a, b) => a - b))
  })
})
