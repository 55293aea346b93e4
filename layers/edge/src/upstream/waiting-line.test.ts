import { describe, expect, it } from 'vitest'
import { crowd, maxWaiting } from './upstream-limits.ts'
import type { UpstreamListener } from './upstream-listener.ts'
import { WaitingLine } from './waiting-line.ts'

function listener(target: string): UpstreamListener {
  return {
    target,
    upstreamReady: () => undefined,
    answerHead: () => true,
    answerBody: () => true,
    upstreamDrained: () => undefined,
    upstreamFailed: () => undefined,
  }
}

/** A line with listeners `0`, `1` …, whose time is over at 1000, 1001 … */
function lineOf(
  count: number,
  newestFirst = true,
): { line: WaitingLine; listeners: readonly UpstreamListener[] } {
  const line = new WaitingLine({ newestFirst })
  const listeners = Array.from({ length: count }, (_, i) => listener(String(i)))
  listeners.forEach((one, i) => line.add({ listener: one, key: i, deadline: 1000 + i }))
  return { line, listeners }
}

describe('a line of waiting requests', () => {
  it('serves in order while it is short', () => {
    const { line } = lineOf(crowd)
    expect([line.next()?.key, line.next()?.key]).toEqual([0, 1])
    expect(line.length).toBe(crowd - 2)
  })

  it('serves the newest first in a crowd', () => {
    const { line } = lineOf(crowd + 2)
    expect([line.next()?.key, line.next()?.key, line.next()?.key]).toEqual([crowd + 1, crowd, 0])
  })

  it('serves in order in a crowd, too, when it is told so: nobody waits for ever', () => {
    const { line } = lineOf(crowd + 2, false)
    expect([line.next()?.key, line.next()?.key, line.next()?.key]).toEqual([0, 1, 2])
  })

  it('is bounded', () => {
    const { line } = lineOf(maxWaiting)
    expect(line.add({ listener: listener('over'), key: 1, deadline: 1 })).toBe(false)
    line.next()
    expect(line.add({ listener: listener('over'), key: 1, deadline: 1 })).toBe(true)
  })

  it('passes over who left', () => {
    const { line, listeners } = lineOf(3)
    for (const one of listeners.slice(0, 2)) line.remove(one)
    expect(line.length).toBe(1)
    expect(line.next()?.key).toBe(2)
    expect(line.next()).toBeUndefined()
  })

  it('takes one that left and came back at its new place', () => {
    const { line, listeners } = lineOf(2)
    const [first] = listeners
    if (first === undefined) throw new Error('no listener')
    line.remove(first)
    line.add({ listener: first, key: 9, deadline: 2000 })
    expect([line.next()?.key, line.next()?.key, line.next()?.key]).toEqual([1, 9, undefined])
  })

  it('names those whose time is over, oldest first', () => {
    const { line, listeners } = lineOf(4)
    const [first] = listeners
    if (first !== undefined) line.remove(first)
    expect(line.nextExpired(1002)?.key).toBe(1)
    expect(line.nextExpired(1002)?.key).toBe(2)
    expect(line.nextExpired(1002)).toBeUndefined()
    expect(line.length).toBe(1)
  })

  it('does not grow while requests come and leave', () => {
    const line = new WaitingLine({ newestFirst: false })
    for (let i = 0; i < 20 * maxWaiting; i += 1) {
      const one = listener('x')
      line.add({ listener: one, key: i, deadline: 1 })
      line.remove(one)
    }
    const stays = listener('stays')
    line.add({ listener: stays, key: 7, deadline: 1 })
    expect(line.next()?.listener).toBe(stays)
  })

  it('is empty after it was emptied', () => {
    const { line, listeners } = lineOf(3)
    expect(line.empty()).toEqual(listeners)
    expect([line.length, line.next(), line.nextExpired(9999)]).toEqual([0, undefined, undefined])
  })
})
