import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BlockSampler } from './block-sampler.ts'

const literals = ['runtime', 'java.lang', 'java.io.file', 'prototype']
const looks = (left = 1_000_000): { left: number } => ({ left })
const blank = (length: number): string => '.'.repeat(length)

describe('BlockSampler', () => {
  it('finds each literal at every place of a short text, letters in any case', () => {
    const sampler = new BlockSampler(literals)
    for (const literal of [...literals, 'RUNTIME', 'Java.Io.File'])
      for (let at = 0; at < 30; at++)
        expect(sampler.mayHold(blank(at) + literal + blank(30 - at), looks())).toBe(true)
  })

  it('finds a literal where one piece of a very long text ends and the next begins', () => {
    const sampler = new BlockSampler(literals)
    for (let at = 65_500; at < 65_550; at++)
      expect(sampler.mayHold(`${blank(at)}runtime${blank(70_000)}`, looks())).toBe(true)
    expect(sampler.mayHold(blank(200_000), looks())).toBe(false)
  })

  it('is not taken in by beginnings and ends of literals', () => {
    const sampler = new BlockSampler(literals)
    for (const text of [
      'runtim',
      'untime',
      'java.lan',
      'java.io.fil',
      'prototyp',
      'rototype',
      'java.io.lang',
    ])
      expect(sampler.mayHold(blank(20) + text + blank(20), looks())).toBe(false)
  })

  it('tells a bracket from the letter that differs from it in one bit', () => {
    const sampler = new BlockSampler(['[objects]'])
    expect(sampler.mayHold('.... [OBJECTS] ....', looks())).toBe(true)
    expect(sampler.mayHold('.... {objects} ....', looks())).toBe(false)
  })

  it('gives a text up once its looks are used up', () => {
    const sampler = new BlockSampler(literals)
    const text = 'un java proto '.repeat(100)
    expect(sampler.mayHold(text, looks())).toBe(false)
    expect(sampler.mayHold(text, looks(10))).toBe(true)
  })

  it('uses no look on a text without any block of a literal', () => {
    const left = looks(5)
    expect(new BlockSampler(literals).mayHold('0123456789'.repeat(1000), left)).toBe(false)
    expect(left.left).toBe(5)
  })

  it('says the same as a plain search when looks suffice (property)', () => {
    const unit = fc.constantFrom('a', 'A', 'b', 'c', '[', '{', '@', '`', '\xe1', '\xc1', '\0', ' ')
    const text = fc.string({ unit, maxLength: 400 })
    const literal = fc.string({ unit, minLength: 2, maxLength: 14 }).map(lower)
    fc.assert(
      fc.property(fc.array(literal, { minLength: 1, maxLength: 6 }), text, (wanted, value) => {
        const held = wanted.some((one) => lower(value).includes(one))
        expect(new BlockSampler(wanted).mayHold(value, looks())).toBe(held)
      }),
      { numRuns: 2000 },
    )
  })

  it('finds any literal put into any bytes (property)', () => {
    const unit = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code))
    const text = fc.string({ unit, maxLength: 200 })
    const literal = fc.string({ unit, minLength: 2, maxLength: 20 }).map(lower)
    fc.assert(
      fc.property(text, fc.array(literal, { minLength: 1, maxLength: 5 }), text, (before, wanted, after) => {
        const sampler = new BlockSampler(wanted)
        for (const one of wanted) expect(sampler.mayHold(before + one + after, looks())).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})

function lower(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}
