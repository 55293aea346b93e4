import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  applyConfig,
  compileConfig,
  configDigest,
  configText,
  configuredParts,
  readConfig,
} from '../index.ts'
import type { CompiledConfig, ConfiguredPart } from '../index.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sevenfold-config-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

function compiled(text: string): CompiledConfig {
  const read = readConfig(`version: 1\n${text}`, 'x')
  if (!read.ok) throw new Error('refused')
  return compileConfig(read.config, folder)
}

const accept = async (): Promise<undefined> => undefined
const file = (part: ConfiguredPart): string => join(folder, '.sevenfold', part, 'config.json')

describe('applyConfig', () => {
  it('writes every part on the first start, for the owner alone', async () => {
    const applied = await applyConfig(compiled(''), accept)
    expect(applied).toEqual({ ok: true, changed: configuredParts })
    for (const part of configuredParts) {
      expect((await stat(file(part))).mode & 0o777).toBe(0o600)
      expect((await stat(join(folder, '.sevenfold', part))).mode & 0o777).toBe(0o700)
    }
  })

  it('touches and asks only the parts that change', async () => {
    await applyConfig(compiled(''), accept)
    const asked: string[] = []
    const applied = await applyConfig(compiled('collector: { retention: 7d }'), async (part) => {
      asked.push(part)
      return undefined
    })
    expect(applied).toEqual({ ok: true, changed: ['collector'] })
    expect(asked).toEqual(['collector'])
    expect(JSON.parse(await readFile(file('collector'), 'utf8'))).toMatchObject({ retentionMs: 604_800_000 })
  })

  it('asks parts whose files may have changed in any case, and takes nothing back that did not change', async () => {
    await applyConfig(compiled(''), accept)
    const asked: string[] = []
    const also = new Set(['edge'])
    const note = async (part: ConfiguredPart): Promise<undefined> => void asked.push(part)
    const applied = await applyConfig(compiled(''), note, also)
    expect([applied, asked]).toEqual([{ ok: true, changed: ['edge'] }, ['edge']])
    const refuse = async (part: ConfiguredPart): Promise<string> => (asked.push(part), 'no such rule')
    expect(await applyConfig(compiled(''), refuse, also)).toMatchObject({ ok: false, part: 'edge' })
    expect(asked).toEqual(['edge', 'edge'])
  })

  it('takes everything back when one part refuses', async () => {
    const first = compiled('')
    await applyConfig(first, accept)
    const asked: string[] = []
    const second = compiled('collector: { retention: 7d }\nedge: { paranoia: 2 }')
    const applied = await applyConfig(second, async (part) => {
      asked.push(part)
      return part === 'edge' && asked.length === 2 ? 'no such rule' : undefined
    })
    expect(applied).toEqual({ ok: false, part: 'edge', reason: 'no such rule' })
    expect(asked).toEqual(['collector', 'edge', 'edge', 'collector'])
    for (const part of configuredParts) {
      expect(await readFile(file(part), 'utf8')).toBe(configText(first.parts[part]))
    }
  })

  it('leaves no drafts behind', async () => {
    await applyConfig(compiled(''), accept)
    await applyConfig(compiled('edge: { paranoia: 2 }'), accept)
    expect((await readdir(join(folder, '.sevenfold', 'edge'))).sort()).toEqual(['config.json'])
  })
})

describe('configDigest', () => {
  it('is the same for the same configuration and differs for another', () => {
    const text = (yaml: string): string => configText(compiled(yaml).parts.edge)
    expect(configDigest(text(''))).toBe(configDigest(text('')))
    expect(configDigest(text(''))).toMatch(/^[0-9a-f]{64}$/)
    expect(configDigest(text(''))).not.toBe(configDigest(text('edge: { paranoia: 2 }')))
  })
})
