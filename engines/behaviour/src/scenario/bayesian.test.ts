import { describe, expect, it } from 'vitest'

import { posteriorOf } from './bayesian.ts'

import type { Expression } from '../expr/expression.ts'
import type { CompiledCondition } from './compiled-scenario.ts'

/** Conditions that give these values in turn, one evaluation each. */
function conditionsOf(rows: readonly Omit<CompiledCondition, 'expression'>[]): readonly CompiledCondition[] {
  return rows.map((row) => {
    const expression: Expression = {
      source: '',
      type: { kind: 'bool' },
      pure: true,
      evaluate: () => true,
      test: () => true,
    }
    return { ...row, expression }
  })
}

function posterior(
  prior: number,
  rows: readonly Omit<CompiledCondition, 'expression'>[],
  values: readonly unknown[],
  triggered: boolean[] = [],
): number {
  const conditions = conditionsOf(rows)
  const evaluate = (expression: Expression): unknown =>
    values[conditions.findIndex((one) => one.expression === expression)]
  return posteriorOf({ prior, conditions, triggered, evaluate })
}

const often = { probGivenEvil: 0.8, probGivenBenign: 0.2, guillotine: false }
const seldom = { probGivenEvil: 0.9, probGivenBenign: 0.9, guillotine: false }

describe('posteriorOf', () => {
  it('is the prior without conditions', () => {
    expect(posterior(0.5, [], [])).toBe(0.5)
  })

  it('rises with a condition that is true more often of evil, and falls when it is false', () => {
    expect(posterior(0.5, [often], [true])).toBeCloseTo(0.8, 6)
    expect(posterior(0.5, [often], [false])).toBeCloseTo(0.2, 6)
  })

  it('stays with a condition that tells nothing', () => {
    expect(posterior(0.3, [seldom], [true])).toBeCloseTo(0.3, 6)
    expect(posterior(0.3, [seldom], [false])).toBeCloseTo(0.3, 6)
  })

  it('takes conditions one after the other', () => {
    expect(posterior(0.5, [often, often], [true, true])).toBeCloseTo(0.64 / 0.68, 6)
    expect(posterior(0.5, [often, often], [true, false])).toBeCloseTo(0.5, 6)
  })

  it.each([undefined, null, 1, 'true'])('is not changed by a condition that gives %j', (value) => {
    expect(posterior(0.5, [often], [value])).toBe(0.5)
  })

  it('remembers what was true once only for conditions that say so', () => {
    const guillotine = { ...often, guillotine: true }
    const triggered: boolean[] = []
    posterior(0.5, [guillotine, often], [true, true], triggered)
    expect(triggered).toEqual([true, true])
    expect(posterior(0.5, [guillotine, often], [false, false], triggered)).toBeCloseTo(0.5, 6)
    expect(posterior(0.5, [guillotine], [false], triggered)).toBeCloseTo(0.8, 6)
    expect(posterior(0.5, [often], [false], triggered)).toBeCloseTo(0.2, 6)
  })

  it('is computed in single precision', () => {
    const value = posterior(0.1, [{ probGivenEvil: 0.7, probGivenBenign: 0.3, guillotine: false }], [true])
    expect(value).toBe(Math.fround(value))
  })
})
