import { describe, expect, it } from 'vitest'
import { AnswerWeights, heavyForMs } from './answer-weights.ts'

describe('weights of answers', () => {
  it('know nothing of a path that was never answered', () => {
    const weights = new AnswerWeights()
    expect(weights.isLight(weights.keyOf('/a'), 0)).toBe(false)
  })

  it('call a path light after a small answer', () => {
    const weights = new AnswerWeights()
    weights.wasLight(weights.keyOf('/a'))
    expect(weights.isLight(weights.keyOf('/a'), 0)).toBe(true)
    expect(weights.isLight(weights.keyOf('/b'), 0)).toBe(false)
  })

  it('do not look at the query', () => {
    const weights = new AnswerWeights()
    expect(weights.keyOf('/a?x=1')).toBe(weights.keyOf('/a?y'))
    expect(weights.keyOf('/a')).toBe(weights.keyOf('/a?'))
    expect(weights.keyOf('/a')).not.toBe(weights.keyOf('/b'))
  })

  it('look at the first 256 characters of a path', () => {
    const weights = new AnswerWeights()
    const path = `/${'a'.repeat(254)}`
    expect(weights.keyOf(`${path}x`)).not.toBe(weights.keyOf(`${path}y`))
    expect(weights.keyOf(`${path}xy`)).toBe(weights.keyOf(`${path}xz`))
  })

  it('call a path heavy for ten seconds after a heavy answer, whatever small ones come between', () => {
    const weights = new AnswerWeights()
    const key = weights.keyOf('/a')
    weights.wasLight(key)
    weights.wasHeavy(key, 1000)
    weights.wasLight(key)
    expect(weights.isLight(key, 1000 + heavyForMs - 1)).toBe(false)
    expect(weights.isLight(key, 1000 + heavyForMs)).toBe(true)
  })

  it('forget paths rather than grow, and never take one for another', () => {
    const weights = new AnswerWeights()
    const keys = Array.from({ length: 100_000 }, (_, i) => weights.keyOf(`/path/${i}`))
    for (const key of keys) weights.wasLight(key)
    const kept = new Set(keys.filter((key) => weights.isLight(key, 0)))
    expect(kept.size).toBeLessThanOrEqual(4096)
    expect(kept.size).toBeGreaterThan(3000)
    const others = Array.from({ length: 1000 }, (_, i) => weights.keyOf(`/other/${i}`))
    expect(others.filter((key) => weights.isLight(key, 0) && !kept.has(key))).toEqual([])
  })

  it('use a secret of their own, so that nobody can choose his place', () => {
    const keys = new Set(Array.from({ length: 8 }, () => new AnswerWeights().keyOf('/a')))
    expect(keys.size).toBeGreaterThan(1)
  })
})
