import { describe, expect, it } from 'vitest'
import { WatchState, maxSkewMs } from './watch-state.ts'
import type { HouseWord } from './watch-state.ts'

const word = (nowMs: number, more: Partial<HouseWord> = {}): HouseWord => ({
  ok: true,
  timeMs: nowMs,
  size: 5,
  root: 'A',
  ...more,
})
const kinds = (news: readonly { kind: string }[]): string[] => news.map(({ kind }) => kind)

describe('WatchState', () => {
  it('tells once that all is well, and once that nobody speaks, after its patience and not before', () => {
    const state = new WatchState(60_000, 0)
    expect(kinds(state.heard(word(1_000), 1_000))).toEqual(['well'])
    expect(kinds(state.heard(word(2_000), 2_000))).toEqual([])
    expect(kinds(state.tick(61_999))).toEqual([])
    expect(kinds(state.tick(62_000))).toEqual(['silent'])
    expect(kinds(state.tick(99_000))).toEqual([])
    expect(kinds(state.heard(word(100_000), 100_000))).toEqual(['well'])
  })
  it('is silent too when it never heard anything', () => {
    expect(kinds(new WatchState(60_000, 0).tick(60_000))).toEqual(['silent'])
  })
  it('does not take a house for well that says it is not, or whose words are old', () => {
    const state = new WatchState(60_000, 0)
    expect(kinds(state.heard(word(1, { ok: false }), 1))).toEqual(['trouble'])
    expect(kinds(state.heard(word(2), 2))).toEqual(['well'])
    expect(kinds(state.heard(word(0), maxSkewMs + 1))).toEqual(['trouble'])
    expect(kinds(state.tick(maxSkewMs + 60_003))).toEqual(['silent'])
  })
  it('sees a ledger that shows less or something else than before', () => {
    const state = new WatchState(60_000, 0)
    state.heard(word(1, { size: 9, root: 'B' }), 1)
    expect(kinds(state.heard(word(2, { size: 5 }), 2))).toEqual(['rollback'])
    expect(kinds(state.heard(word(3, { size: 9, root: 'C' }), 3))).toEqual(['fork'])
    expect(kinds(state.heard(word(4, { size: 10, root: 'D' }), 4))).toEqual([])
  })
})
