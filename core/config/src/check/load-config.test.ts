import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkSecrets, loadConfig, readConfig } from '../index.ts'
import type { SevenfoldFile } from '../index.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sevenfold-config-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('loadConfig', () => {
  it('reads a file', async () => {
    await writeFile(join(folder, 'a.yaml'), 'version: 1\n')
    expect(await loadConfig(join(folder, 'a.yaml'))).toMatchObject({ ok: true })
  })

  it('says how to make a missing file', async () => {
    const { problems } = await loadConfig(join(folder, 'none.yaml'))
    expect(problems).toMatchObject([{ code: 'CONFIG_UNREADABLE', message: 'there is no such file' }])
    expect(problems[0]?.hint).toContain('sevenfold init')
  })

  it('refuses a folder, bytes that are no text, and a file over a mebibyte', async () => {
    await writeFile(join(folder, 'bytes.yaml'), Buffer.from([0xff, 0xfe, 0x00]))
    await writeFile(join(folder, 'large.yaml'), 'a'.repeat(1024 * 1024 + 1))
    for (const [name, message] of [
      ['.', 'it is a folder'],
      ['bytes.yaml', 'the file is not UTF-8 text'],
      ['large.yaml', 'the file is larger than 1048576 bytes'],
    ] as const) {
      expect((await loadConfig(join(folder, name))).problems).toMatchObject([
        { code: 'CONFIG_UNREADABLE', message },
      ])
    }
  })

  it('reads a file of exactly a mebibyte', async () => {
    const text = 'version: 1\n#'
    await writeFile(join(folder, 'full.yaml'), text + 'x'.repeat(1024 * 1024 - text.length))
    expect(await loadConfig(join(folder, 'full.yaml'))).toMatchObject({ ok: true })
  })
})

describe('checkSecrets', () => {
  const config = (key: string): SevenfoldFile => {
    const read = readConfig(`version: 1\ndetection: { api: { bouncers: [{ name: a, key: ${key} }] } }`, 'x')
    if (!read.ok) throw new Error('refused')
    return read.config
  }
  const around = (env: Record<string, string> = {}) => ({ file: 'sevenfold.yaml', folder, env })

  it('is content with a file of the owner alone and with a set variable', async () => {
    await writeFile(join(folder, 'key'), 'x', { mode: 0o600 })
    expect(await checkSecrets(config('{ file: ./key }'), around())).toEqual([])
    expect(await checkSecrets(config('{ env: KEY }'), around({ KEY: 'x' }))).toEqual([])
  })

  it('names a file that others may read, with the command that mends it', async () => {
    await writeFile(join(folder, 'key'), 'x')
    await chmod(join(folder, 'key'), 0o644)
    expect(await checkSecrets(config('{ file: ./key }'), around())).toMatchObject([
      {
        code: 'CONFIG_SECRET_UNREADABLE',
        path: 'detection.api.bouncers[0].key',
        hint: `chmod 600 ${join(folder, 'key')}`,
      },
    ])
  })

  it('looks at the API keys of bouncers at the edge, where they are no digests', async () => {
    const site = '{ name: a, listen: "127.0.0.1:7700", upstream: "http://127.0.0.1:9000" }'
    const keys = `[{ sha256: ${'0a'.repeat(32)} }, { env: KEY }]`
    const read = readConfig(
      `version: 1\nsites: [${site}]\nedge: { beside: [{ kind: appsec, site: a, keys: ${keys} }] }`,
      'x',
    )
    if (!read.ok) throw new Error('refused')
    expect(await checkSecrets(read.config, around({ KEY: 'x' }))).toEqual([])
    expect(await checkSecrets(read.config, around())).toMatchObject([{ path: 'edge.beside[0].keys[1]' }])
  })

  it('names a missing file, a folder and an unset or empty variable', async () => {
    for (const [key, env] of [
      ['{ file: ./none }', {}],
      ['{ file: . }', {}],
      ['{ env: KEY }', {}],
      ['{ env: KEY }', { KEY: '' }],
    ] as const) {
      expect(await checkSecrets(config(key), around(env))).toHaveLength(1)
    }
  })
})
