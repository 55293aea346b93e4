import { describe, expect, it } from 'vitest'
import { createSelection, createThrottle, maxLinesPerSecond } from './live-view.ts'

describe('createThrottle', () => {
  it('prints so many lines a second and says how many it left out', () => {
    const printed: string[] = []
    let now = 0
    const print = createThrottle(
      (line) => void printed.push(line),
      () => now,
    )
    for (let count = 0; count < maxLinesPerSecond + 3; count += 1) print('event')
    expect(printed).toHaveLength(maxLinesPerSecond)
    now = 1000
    print('next')
    expect(printed.slice(-2)).toEqual(['… and 3 more events', 'next'])
  })

  it('says nothing about seconds in which everything was printed', () => {
    const printed: string[] = []
    let now = 0
    const print = createThrottle(
      (line) => void printed.push(line),
      () => (now += 600),
    )
    for (const line of ['a', 'b', 'c']) print(line)
    expect(printed).toEqual(['a', 'b', 'c'])
  })
})

describe('createSelection', () => {
  const event = (kind: string, id?: string) => ({
    sevenfold: { kind },
    ...(id === undefined ? {} : { http: { request: { id } } }),
  })

  it('leaves out heartbeats and the access event of a blocked request', () => {
    const isShown = createSelection()
    const all = [
      event('heartbeat'),
      event('block', 'a'),
      event('access', 'a'),
      event('access', 'b'),
      event('decision'),
    ]
    expect(all.map(isShown)).toEqual([false, true, false, true, true])
  })

  it('forgets blocks of long ago', () => {
    const isShown = createSelection()
    for (let count = 0; count <= 1000; count += 1) isShown(event('block', String(count)))
    expect(isShown(event('access', '0'))).toBe(true)
    expect(isShown(event('access', '1000'))).toBe(false)
  })
})
