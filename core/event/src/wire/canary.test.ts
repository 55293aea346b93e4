import { describe, expect, it } from 'vitest'
import { canaryMarkSeconds, checkCanary, signCanary } from './canary.ts'

const key = new Uint8Array(32).fill(7)
const facts = { seconds: 1_000_000, method: 'GET', target: '/search?q=1' }
const mark = signCanary(key, { ...facts, attack: 'sqli' })

describe('canary marks', () => {
  it('give the attack back', () => {
    expect(checkCanary(key, mark, facts)).toBe('sqli')
  })

  it('hold exactly as long as they may', () => {
    expect(checkCanary(key, mark, { ...facts, seconds: facts.seconds + canaryMarkSeconds })).toBe('sqli')
    expect(checkCanary(key, mark, { ...facts, seconds: facts.seconds + canaryMarkSeconds + 1 })).toBe('')
    expect(checkCanary(key, mark, { ...facts, seconds: facts.seconds - canaryMarkSeconds - 1 })).toBe('')
  })

  it('cannot be put on another request or made with another key', () => {
    expect(checkCanary(key, mark, { ...facts, target: '/login' })).toBe('')
    expect(checkCanary(key, mark, { ...facts, method: 'POST' })).toBe('')
    expect(checkCanary(new Uint8Array(32), mark, facts)).toBe('')
    expect(checkCanary(key, mark.replace('sqli', 'xss'), facts)).toBe('')
  })

  it.each(['', 'v1', 'v1.1.a.b', `v2${mark.slice(2)}`, `${mark}0`, mark.toUpperCase()])(
    'refuse %j',
    (text) => {
      expect(checkCanary(key, text, facts)).toBe('')
    },
  )
})
