import { describe, expect, it } from 'vitest'
import { Profile, maxSites, maxValues, parseProfile } from './profile.ts'

describe('Profile', () => {
  it('reads what it wrote, sorted', () => {
    const profile = new Profile()
    profile.add('statements', 'b.js:1:1', 'select ?')
    profile.add('statements', 'a.js:1:1', 'select ? from t')
    profile.add('programs', 'a.js:2:2', 'find -name')
    const text = profile.toText()
    expect(text.indexOf('a.js:1:1')).toBeLessThan(text.indexOf('b.js:1:1'))
    expect(parseProfile(text).toText()).toBe(text)
  })

  it('knows its places and values', () => {
    const profile = new Profile()
    expect(profile.add('hosts', 'a', '10.0.0.1:80')).toBe(true)
    expect(profile.add('hosts', 'a', '10.0.0.1:80')).toBe(false)
    expect(profile.valuesAt('hosts', 'a')).toEqual(new Set(['10.0.0.1:80']))
    expect(profile.valuesAt('hosts', 'b')).toBeUndefined()
    expect(profile.isUsed('hosts', '10.0.0.1:80')).toBe(true)
    expect(profile.isUsed('folders', '10.0.0.1:80')).toBe(false)
  })

  it('keeps its limits', () => {
    const profile = new Profile()
    for (let i = 0; i < maxValues; i += 1) expect(profile.add('folders', 'a', `/${i}`)).toBe(true)
    expect(profile.add('folders', 'a', '/more')).toBe(false)
    for (let i = 1; i < maxSites; i += 1) expect(profile.add('folders', `${i}`, '/')).toBe(true)
    expect(profile.add('folders', 'more', '/')).toBe(false)
  })

  it.each([
    ['[]', 'version'],
    ['{"version":2}', 'version'],
    ['{"version":1,"files":{}}', 'no section "files"'],
    ['{"version":1,"hosts":[]}', 'no section "hosts"'],
    ['{"version":1,"hosts":{"a":"b"}}', '"a" is no list'],
    ['{"version":1,"hosts":{"a":[1]}}', 'something else than texts'],
    ['nothing', 'JSON'],
  ])('says what is wrong with %s', (text, what) => {
    expect(() => parseProfile(text)).toThrow(what)
  })
})
