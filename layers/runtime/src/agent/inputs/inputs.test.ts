import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { collectBody, collectHead, collectStrings, maxInputLength, maxInputs } from './collect.ts'
import { parseJson } from './parse-json.ts'
import { StoredInputs } from './stored-inputs.ts'
import { variantsOf } from './variants.ts'
import { canHarm, findWholeZones, findZones } from './zones.ts'

function head(url: string, headers: Record<string, string> = {}): string[] {
  const all = new Set<string>()
  collectHead({ url, headers } as IncomingMessage, all)
  return [...all]
}

function bodyOf(type: string, text: string): string[] {
  const all = new Set<string>()
  collectBody(type, text, all)
  return [...all]
}

describe('collectHead', () => {
  it('gives path, segments, query, cookies and headers decoded', () => {
    const inputs = head('/files/a%20b/c+d?q=x+y&%6Eame=v%27', {
      cookie: 'sid=1%272; theme=dark',
      'x-q': "it's",
    })
    for (const input of ['files/a b/c+d', 'a b', 'c+d', 'x y', 'name', "v'", "1'2", 'dark', "it's"])
      expect(inputs).toContain(input)
  })

  it('leaves out headers that carry no data, and broken escapes as they are', () => {
    expect(head('/?q=%zz', { host: 'a.example', accept: 'text/html', 'sec-fetch-site': 'none' })).toEqual([
      '%zz',
    ])
  })
})

describe('collectBody', () => {
  it('reads forms and parts', () => {
    expect(bodyOf('application/x-www-form-urlencoded', 'q=a+b&r=%27x')).toEqual(['a b', "'x"])
    const parts =
      '--b\r\nContent-Disposition: form-data; name="up"; filename="../x"\r\n\r\nthe text\r\n--b--\r\n'
    expect(bodyOf('multipart/form-data; boundary=b', parts)).toEqual(
      expect.arrayContaining(['up', '../x', 'the text']),
    )
    const names =
      '--b\r\nContent-Disposition: form-data; name=up; filename="a\\"../b"\r\n\r\nx1\r\n' +
      "--b\r\nContent-Disposition: form-data; name=c; filename*=UTF-8''..%2Fd\r\n\r\nx2\r\n--b--\r\n"
    expect(bodyOf('multipart/form-data; boundary=b', names)).toEqual(
      expect.arrayContaining(['up', 'a"../b', '../d', 'x1', 'x2']),
    )
    const archive = `PK\u0003\u0004${'x'.repeat(maxInputLength)}../far`
    expect(bodyOf('application/zip', archive).some((one) => one.includes('../far'))).toBe(true)
    expect(bodyOf('text/plain', 'a;b')).toEqual(['a;b'])
    expect(bodyOf('text/plain', '')).toEqual([])
  })
})

describe('collectStrings', () => {
  it('ends at its limits of count, length and depth', () => {
    const all = new Set<string>()
    collectStrings(
      Array.from({ length: maxInputs + 5 }, (_, i) => `value ${i}`),
      all,
    )
    expect(all.size).toBe(maxInputs)
    const long = new Set<string>()
    collectStrings('x'.repeat(maxInputLength + 1), long)
    expect([...long][0]?.length).toBe(maxInputLength)
    let deep: unknown = 'bottom'
    for (let i = 0; i < 40; i += 1) deep = [deep]
    const none = new Set<string>()
    collectStrings(deep, none)
    expect(none.size).toBe(0)
  })

  it('takes keys, also those that are named like parts of a prototype', () => {
    const all = new Set<string>()
    collectStrings(parseJson('{"__proto__":{"constructor":"va"}}'), all)
    expect([...all]).toEqual(['__proto__', 'constructor', 'va'])
  })
})

describe('variantsOf', () => {
  it.each([
    ['%2e%2e%2fkey', '../key'],
    [Buffer.from("' or 1=1--").toString('base64'), "' or 1=1--"],
    [Buffer.from("' or 1=1--??>").toString('base64url'), "' or 1=1--??>"],
    ['..\\key', '../key'],
    ['j:{"a":{"$ne":1}}', '{"a":{"$ne":1}}'],
    ["s:it's.0123456789abcdefghij+/=", "it's"],
    ['s:j:{"a":"b c"}.0123456789abcdefghij', '{"a":"b c"}'],
  ])('%s may also be %s', (text, other) => {
    expect(variantsOf(text)).toContain(other)
  })

  it.each(['plain words', 's:o', 'j', '100%', 'ffffffffffffffff'])('%s has one form', (text) => {
    expect(variantsOf(text)).toEqual([text])
  })
})

describe('findZones', () => {
  it('finds inputs whole, at each of their places', () => {
    expect(findZones("a='x y' b='x y'", ['x y']).map(({ start, end }) => [start, end])).toEqual([
      [3, 6],
      [11, 14],
    ])
    expect(findWholeZones('a b', ['a b c'])).toEqual([])
  })

  it('finds inputs in pieces, unless only a small share stands there', () => {
    expect(
      findZones("name='' or true limit 2--'", ["' or| true limit 2--"]).some(({ isWhole }) => !isWhole),
    ).toBe(true)
    expect(findZones("name='ann' limit 2", ['a long text without any of it, but limit 2'])).toEqual([])
  })

  it('asks only about what can do harm', () => {
    expect(['user77', 'a_b', '7', "'"].some(canHarm)).toBe(false)
    expect(["' ", 'a b', '..'].every(canHarm)).toBe(true)
  })
})

describe('StoredInputs', () => {
  it('remembers what looks dangerous, the newest 300', () => {
    const stored = new StoredInputs()
    stored.remember('plain words')
    stored.remember(`'${'x'.repeat(5000)}`)
    expect([...stored.all()]).toEqual([])
    for (let i = 0; i < 301; i += 1) stored.remember(`'; x ${i}`)
    const all = [...stored.all()]
    expect(all.length).toBe(300)
    expect(all[0]).toBe("'; x 1")
  })
})
