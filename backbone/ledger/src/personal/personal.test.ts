import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { PersonalKeys, personalFolder } from './personal-keys.ts'
import { openReveal } from './reveal-line.ts'
import { dayOf, maxDaysApart, maxSealedText, personalFields, sealLine } from './seal-line.ts'
import { openText, sealedPattern, sealText } from './sealed-text.ts'

let folder: TemporaryFolder
let keys: PersonalKeys
beforeEach(() => {
  folder = createTemporaryFolder()
  keys = new PersonalKeys(personalFolder(folder.path))
})
afterEach(() => folder.remove())

const now = Date.parse('2026-01-31T12:00:00.000Z')
const line = JSON.stringify({
  '@timestamp': '2026-01-31T11:59:59.000Z',
  event: { id: 'e1', sequence: 7, action: 'login', reason: 'ana said "no"' },
  source: { ip: '198.51.100.7', port: 4711 },
  user: { name: 'ana' },
  message: 'login of ana from 198.51.100.7',
})

describe('a line of the ledger', () => {
  it('shows nothing personal, and is whole again with the key', () => {
    const sealed = sealLine(line, keys, now)
    expect(sealed).not.toMatch(/ana|198\.51/u)
    expect(JSON.parse(sealed)).toMatchObject({
      event: { id: 'e1', sequence: 7, action: 'login' },
      source: { port: 4711 },
    })
    expect(openReveal(folder.path)(sealed)).toBe(line)
  })

  it('has equal texts for equal ones of a day, and others on another day', () => {
    const sealed = JSON.parse(sealLine(line, keys, now)) as { user: { name: string } }
    const again = JSON.parse(
      sealLine('{"@timestamp":"2026-01-31T00:00:00.000Z","user":{"name":"ana"}}', keys, now),
    ) as typeof sealed
    const later = JSON.parse(
      sealLine('{"@timestamp":"2026-02-01T00:00:00.000Z","user":{"name":"ana"}}', keys, now),
    ) as typeof sealed
    expect(again.user.name).toBe(sealed.user.name)
    expect(later.user.name).not.toBe(sealed.user.name)
  })

  it('is left as it is when nothing personal is in it, or it is no event', () => {
    for (const other of ['{"event":{"id":"e1"},"user":{"name":7},"source":"x"}', '[1]', 'no json'])
      expect(sealLine(other, keys, now)).toBe(other)
  })

  it('keeps its size below the limit of an entry', () => {
    const long = JSON.stringify({ message: 'x'.repeat(59_000), url: { query: 'y'.repeat(500) } })
    const sealed = sealLine(long, keys, now)
    expect(sealed.length).toBeLessThan(60_000)
    expect(JSON.parse(openReveal(folder.path)(sealed))).toMatchObject({ message: 'x'.repeat(maxSealedText) })
  })

  it('is whole again whatever its personal fields hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }), (text) => {
        const event = JSON.stringify({
          '@timestamp': '2026-01-31T11:59:59.000Z',
          message: text,
          labels: { a: text },
        })
        expect(openReveal(folder.path)(sealLine(event, keys, now))).toBe(event)
      }),
    )
  })

  it('cannot be made to show a text that a visitor took for a sealed one', () => {
    const forged = JSON.stringify({
      labels: { a: 'sealed:2026-01-31:AAAA', b: 'x "sealed:2026-01-31:AAAA" y' },
    })
    expect(JSON.parse(openReveal(folder.path)(forged))).toEqual({
      labels: { a: 'erased:2026-01-31', b: 'x "sealed:2026-01-31:AAAA" y' },
    })
  })
})

describe('the key of a day', () => {
  it('takes what is personal with it, also from who reads just then, and never comes back', () => {
    let clock = now
    const sealed = sealLine(line, keys, now)
    const reveal = openReveal(folder.path, () => clock)
    expect(reveal(sealed)).toBe(line)
    expect(keys.forget('2026-01-31')).toBe(true)
    clock += 5_000
    expect(JSON.parse(reveal(sealed))).toMatchObject({
      event: { id: 'e1', reason: 'erased:2026-01-31' },
      user: { name: 'erased:2026-01-31' },
      source: { ip: 'erased:2026-01-31' },
    })
    expect(keys.forget('2026-01-31')).toBe(false)
    expect(keys.forgotten()).toEqual(['2026-01-31'])
    expect(JSON.parse(sealLine(line, new PersonalKeys(personalFolder(folder.path)), now))).toMatchObject({
      user: { name: 'erased:2026-01-31' },
    })
    expect(keys.days()).toEqual([])
  })

  it('is a private file', () => {
    keys.make('2026-01-31')
    expect(keys.days()).toEqual(['2026-01-31'])
    expect(statSync(join(folder.path, 'personal', '2026-01-31.key')).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(folder.path, 'personal'))).toEqual(['2026-01-31.key'])
  })

  it('is looked for only by what is a day', () => {
    for (const name of ['../../key', '2026-13-99', '']) {
      expect(keys.find(name)).toBeUndefined()
      expect(keys.make(name)).toBeUndefined()
      expect(keys.forget(name)).toBe(false)
    }
    expect(existsSync(join(folder.path, 'personal'))).toBe(false)
  })

  it('is that of the event, when its time can be believed', () => {
    const days = (count: number): string => new Date(now - count * 86_400_000).toISOString()
    expect(dayOf(days(maxDaysApart), now)).toBe('2026-01-01')
    expect(dayOf(days(maxDaysApart + 1), now)).toBe('2026-01-31')
    expect(dayOf('never', now)).toBe('2026-01-31')
  })
})

it('a sealed text opens with its key and with no other, and not when a byte was changed', () => {
  const [one, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
  const [, day, sealed = ''] = sealedPattern.exec(sealText('ana', '2026-01-31', one)) ?? []
  expect(day).toBe('2026-01-31')
  expect(openText(sealed, one)).toBe('ana')
  expect(openText(sealed, other)).toBeUndefined()
  expect(openText(`${sealed.slice(0, -2)}${sealed.endsWith('A') ? 'BA' : 'AA'}`, one)).toBeUndefined()
  expect(openText('AAAA', one)).toBeUndefined()
})

it('the list of personal fields names no field twice', () => {
  expect(new Set(personalFields).size).toBe(personalFields.length)
})
