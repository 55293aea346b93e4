import { describe, expect, it } from 'vitest'
import { planConfigurations } from './configuration.ts'

describe('planConfigurations', () => {
  it('runs every set of layers once', () => {
    expect(planConfigurations(['edge', 'detection']).distinct.map(({ name }) => name)).toEqual([
      'none',
      'edge',
      'detection',
      'edge+detection',
    ])
  })

  it('reads "without" from "alone" when there are two layers', () => {
    const plan = planConfigurations(['edge', 'detection'])
    expect(plan.without.get('edge')).toBe(plan.alone.get('detection'))
  })

  it('has pairs for three layers', () => {
    const plan = planConfigurations(['edge', 'runtime', 'detection'])
    expect(plan.distinct).toHaveLength(8)
    expect(plan.without.get('runtime')?.name).toBe('edge+detection')
    expect(plan.all.name).toBe('edge+runtime+detection')
  })

  it('has one configuration when there is no layer, and two with one', () => {
    expect(planConfigurations([]).distinct.map(({ name }) => name)).toEqual(['none'])
    expect(planConfigurations(['edge']).distinct.map(({ name }) => name)).toEqual(['none', 'edge'])
  })
})
