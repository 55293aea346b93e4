import { describe, expect, it } from 'vitest'
import { collectBody } from './collect.ts'
import { keptOfPart, LateParts, maxLateParts } from './late-parts.ts'

const part = (name: string, value: string): string =>
  `\r\n--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}`

function inputsOf(late: LateParts): string[] {
  const all = new Set<string>()
  collectBody('multipart/form-data; boundary=b', late.text(), all)
  return [...all]
}

describe('LateParts', () => {
  const body = Buffer.from(
    `${'x'.repeat(10_000)}${part('note', "it's; here")}${part('other', 'b c')}\r\n--b--\r\n`,
  )

  it.each([1, 7, 100, 4_096, 5_000, 20_000])('finds fields in pieces of %d bytes', (size) => {
    const late = new LateParts()
    for (let at = 0; at < body.length; at += size) late.add(body.subarray(at, at + size))
    expect(late.bytes).toBe(body.length)
    expect(inputsOf(late)).toEqual(expect.arrayContaining(['note', "it's; here", 'other', 'b c']))
  })

  it('keeps the beginning of a value and a number of parts', () => {
    const late = new LateParts()
    late.add(Buffer.from(part('long', `a'${'y'.repeat(2 * keptOfPart)}`)))
    expect(late.text().length).toBeLessThan(keptOfPart + 10)
    for (let i = 0; i < maxLateParts + 5; i += 1)
      late.add(Buffer.from(part(`n${i}`, `v'${i} ${'y'.repeat(keptOfPart)}`)))
    const inputs = inputsOf(late)
    const has = (i: number): boolean => inputs.some((input) => input.startsWith(`v'${i} `))
    expect([has(0), has(maxLateParts - 2), has(maxLateParts - 1)]).toEqual([true, true, false])
  })

  it('finds nothing in a file', () => {
    const late = new LateParts()
    late.add(Buffer.alloc(100_000, 'data '))
    expect(late.text()).toBe('')
  })
})
