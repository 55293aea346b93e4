import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppsecKeys, shortestKey } from './appsec-keys.ts'

const key = 'k'.repeat(shortestKey)
const variable = 'SEVENFOLD_TEST_APPSEC_KEY'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-keys-'))
})
afterEach(() => {
  delete process.env[variable]
  rmSync(folder, { recursive: true, force: true })
})

function fileWith(text: string): string {
  const file = join(folder, 'key')
  writeFileSync(file, text, { mode: 0o600 })
  return file
}

describe('keys of bouncers', () => {
  it('come from a file, without the line break', () => {
    expect(new AppsecKeys([{ file: fileWith(`${key}\n`) }]).has(key)).toBe(true)
  })

  it('come from the environment', () => {
    process.env[variable] = key
    expect(new AppsecKeys([{ env: variable }]).has(key)).toBe(true)
  })

  it('come as a digest', () => {
    const sha256 = createHash('sha256').update(key).digest('hex')
    expect(new AppsecKeys([{ sha256 }]).has(key)).toBe(true)
    expect(new AppsecKeys([{ sha256 }]).has(sha256)).toBe(false)
  })

  it('are each good by itself', () => {
    process.env[variable] = 'another-key-0123456789'
    const keys = new AppsecKeys([{ file: fileWith(key) }, { env: variable }])
    expect([keys.has(key), keys.has('another-key-0123456789'), keys.has('')]).toEqual([true, true, false])
  })

  it('are not good in part, nor with more behind them', () => {
    const keys = new AppsecKeys([{ file: fileWith(key) }])
    for (const wrong of ['', key.slice(1), `${key}k`, ` ${key}`, key.toUpperCase()]) {
      expect(keys.has(wrong), wrong).toBe(false)
    }
  })

  it('that are none let nobody in', () => expect(new AppsecKeys([]).has('')).toBe(false))

  it('have a least length, and the error names the place alone', () => {
    const short = key.slice(1)
    const file = fileWith(short)
    expect(() => new AppsecKeys([{ file }])).toThrow(`${file}: an API key has at least ${shortestKey}`)
    expect(() => new AppsecKeys([{ file }])).not.toThrow(short)
    expect(() => new AppsecKeys([{ env: variable }])).toThrow(`environment variable ${variable}`)
    expect(() => new AppsecKeys([{ file: join(folder, 'none') }])).toThrow('none')
  })

  it('do not stay in memory as they are', () => {
    expect(inspect(new AppsecKeys([{ file: fileWith(key) }]), { depth: 9 })).not.toContain(key)
  })
})
