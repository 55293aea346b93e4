import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openGeo } from './geo-reader.ts'
import { GeoRules } from './geo-rules.ts'

const rules = { allow: [], deny: [], challenge: [], denyAsn: [], unknown: 'allow' } as const

describe('the database that comes with the program', () => {
  it('knows the countries of addresses of both families, and of private ones nothing', async () => {
    const reader = await openGeo(undefined, undefined)
    expect(reader.place('8.8.8.8').country).toMatch(/^[A-Z]{2}$/)
    expect(reader.place('114.114.114.114').country).toBe('CN')
    expect(reader.place('2001:4860:4860::8888').country).toMatch(/^[A-Z]{2}$/)
    for (const address of ['127.0.0.1', '10.0.0.1', '::1', 'nonsense', '']) {
      expect(reader.place(address)).toEqual({ country: '', asn: 0 })
    }
    expect(reader.place('8.8.8.8')).toBe(reader.place('8.8.8.8'))
  })

  it('is opened by its file, and a file that is none is refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sf-geo-'))
    try {
      const path = join(folder, 'x.mmdb')
      writeFileSync(path, 'no database')
      await expect(openGeo(path, undefined)).rejects.toThrow('x.mmdb')
      await expect(openGeo(join(folder, 'missing.mmdb'), undefined)).rejects.toThrow('missing.mmdb')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('rules by country', () => {
  const cases: readonly (readonly [
    name: string,
    change: Partial<ConstructorParameters<typeof GeoRules>[0]>,
    country: string,
    asn: number,
    verdict: string,
  ])[] = [
    ['let all pass', {}, 'DE', 0, 'pass'],
    ['deny', { deny: ['CN'] }, 'CN', 0, 'geo-country'],
    ['deny no others', { deny: ['CN'] }, 'DE', 0, 'pass'],
    ['allow', { allow: ['DE'] }, 'DE', 0, 'pass'],
    ['allow no others', { allow: ['DE'] }, 'FR', 0, 'geo-country'],
    ['deny what is allowed and denied', { allow: ['DE'], deny: ['DE'] }, 'DE', 0, 'geo-country'],
    ['challenge', { challenge: ['FR'] }, 'FR', 0, 'challenge'],
    ['let unknown places pass', { allow: ['DE'] }, '', 0, 'pass'],
    ['refuse unknown places', { allow: ['DE'], unknown: 'refuse' }, '', 0, 'geo-unknown'],
    ['let unknown places pass where nothing is allowed by name', { unknown: 'refuse' }, '', 0, 'pass'],
    ['deny systems', { denyAsn: [64_500] }, 'DE', 64_500, 'geo-asn'],
    ['deny systems of unknown places', { denyAsn: [64_500] }, '', 64_500, 'geo-asn'],
  ]
  for (const [name, change, country, asn, verdict] of cases) {
    it(name, () => {
      const found = new GeoRules({ ...rules, ...change }).judge({ country, asn })
      expect(typeof found === 'string' ? found : found.rule).toBe(verdict)
    })
  }
})
