import { describe, expect, it } from 'vitest'
import { seededId, seededRandom } from './seeded-random.ts'

describe('seeded values', () => {
  it('are the same for the same seed and label only', () => {
    const take = (seed: string, label: string): readonly number[] => {
      const random = seededRandom(seed, label)
      return [random(), random(), random()]
    }
    expect(take('a', 'x')).toEqual(take('a', 'x'))
    expect(take('a', 'x')).not.toEqual(take('a', 'y'))
    expect(take('a', 'x')).not.toEqual(take('b', 'x'))
    expect(take('a', 'x').every((value) => value >= 0 && value < 1)).toBe(true)
  })

  it('are ids in the form of a UUID', () => {
    expect(seededId('a', 'x')).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/)
    expect(seededId('a', 'x')).toBe(seededId('a', 'x'))
    expect(seededId('a', 'x')).not.toBe(seededId('a', 'y'))
  })
})
