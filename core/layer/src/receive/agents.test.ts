import { assert, array, integer, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createAgents,
  epochOf,
  isDeclared,
  maxAgentsPerPrefix,
  maxEpochsPerAgent,
  maxLossesPerAgent,
  rememberLoss,
  restorePosition,
} from './agents.ts'
import type { AgentTrack } from './agents.ts'

function agent(): AgentTrack {
  const found = createAgents().getOrCreate('edge/w0', 'edge/')
  if (found === undefined) throw new Error('a new table has room')
  return found
}

describe('the writers of a receiver', () => {
  it('are as many as one key may name, and no more', () => {
    const agents = createAgents()
    for (let n = 0; n < maxAgentsPerPrefix; n += 1)
      expect(agents.getOrCreate(`edge/w${n}`, 'edge/')).toBeDefined()
    expect(agents.getOrCreate('edge/more', 'edge/')).toBeUndefined()
    expect(agents.getOrCreate('edge/w0', 'edge/')).toBeDefined()
    expect(agents.getOrCreate('runtime/main', 'runtime/')).toBeDefined()
  })

  it('are the same object when they are asked for again', () => {
    const agents = createAgents()
    expect(agents.getOrCreate('edge/w0', 'edge/')).toBe(agents.getOrCreate('edge/w0', 'edge/'))
    expect(agents.get('edge/w0')).toBeDefined()
    expect(agents.get('edge/w1')).toBeUndefined()
  })
})

describe('the epochs of a writer', () => {
  it('are forgotten oldest first', () => {
    const track = agent()
    for (let n = 0; n <= maxEpochsPerAgent; n += 1) epochOf(track, `e${n}`)
    expect(track.epochs.size).toBe(maxEpochsPerAgent)
    expect(track.epochs.has('e0')).toBe(false)
    expect(track.epochs.has(`e${maxEpochsPerAgent}`)).toBe(true)
  })

  it('begin with different chains in each lane', () => {
    const epoch = epochOf(agent(), 'e')
    expect(epoch.lanes.high.hash).toMatch(/^[0-9a-f]{64}$/)
    expect(epoch.lanes.high.hash).not.toBe(epoch.lanes.low.hash)
  })
})

describe('a stored position', () => {
  const position = { agent: 'edge/w0', epoch: 'e', lane: 'low', sequence: 7, hash: 'ab' } as const

  it('moves a lane on and never back', () => {
    const agents = createAgents()
    restorePosition(agents, position)
    restorePosition(agents, { ...position, sequence: 3, hash: 'cd' })
    const track = agents.get('edge/w0')?.epochs.get('e')
    expect(track?.lanes.low).toMatchObject({ sequence: 7, hash: 'ab', completeFrom: 7 })
    expect(track?.lanes.high.sequence).toBe(0)
    expect(track?.announced).toBe(true)
  })
})

describe('declared losses', () => {
  it.each([
    [[[1, 5]], [1, 5], true],
    [[[1, 5]], [2, 4], true],
    [[[1, 5]], [0, 5], false],
    [[[1, 5]], [1, 6], false],
    [
      [
        [1, 2],
        [3, 5],
      ],
      [1, 5],
      true,
    ],
    [
      [
        [3, 5],
        [1, 2],
      ],
      [1, 5],
      true,
    ],
    [
      [
        [1, 3],
        [2, 5],
      ],
      [1, 5],
      true,
    ],
    [
      [
        [1, 2],
        [4, 5],
      ],
      [1, 5],
      false,
    ],
    [[], [1, 1], false],
  ] as const)('of %j cover %j: %s', (losses, [first, last], expected) => {
    const track = agent()
    for (const [from, to] of losses) rememberLoss(track, { lane: 'low', first: from, last: to })
    expect(isDeclared(track, 'low', { first, last })).toBe(expected)
    expect(isDeclared(track, 'high', { first, last })).toBe(false)
  })

  it('are remembered up to a number', () => {
    const track = agent()
    for (let n = 1; n <= maxLossesPerAgent + 1; n += 1)
      rememberLoss(track, { lane: 'low', first: n * 10, last: n * 10 })
    expect(track.losses).toHaveLength(maxLossesPerAgent)
    expect(isDeclared(track, 'low', { first: 10, last: 10 })).toBe(false)
  })

  it('cover a gap exactly when they cover each number of it', () => {
    const range = record({ first: integer({ min: 1, max: 30 }), length: integer({ min: 1, max: 8 }) })
    assert(
      property(array(range, { maxLength: 8 }), range, (losses, gap) => {
        const track = agent()
        const covered = new Set<number>()
        for (const { first, length } of losses) {
          rememberLoss(track, { lane: 'low', first, last: first + length - 1 })
          for (let n = 0; n < length; n += 1) covered.add(first + n)
        }
        const numbers = Array.from({ length: gap.length }, (_, n) => gap.first + n)
        expect(isDeclared(track, 'low', { first: gap.first, last: gap.first + gap.length - 1 })).toBe(
          numbers.every((n) => covered.has(n)),
        )
      }),
    )
  })
})
