import { describe, expect, it } from 'vitest'
import { leadsAway } from './leads-away.ts'

describe('leadsAway', () => {
  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    'http:\\\\evil.example',
    '\t//evil.example',
  ])('sees that %j leads to another host', (location) => {
    expect(leadsAway(location)).toBe(true)
  })

  it.each([
    '/',
    '/category/light?x=//evil.example',
    'product/1',
    '#https://evil.example',
    undefined,
    'http://[',
  ])('sees that %j stays', (location) => {
    expect(leadsAway(location)).toBe(false)
  })
})
