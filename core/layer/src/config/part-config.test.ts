import { mkdirSync, writeFileSync } from 'node:fs'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  configPath,
  digestOf,
  keepAsLastGood,
  lastGoodPath,
  loadConfigs,
  maxConfigBytes,
  readConfigFile,
} from './part-config.ts'
import type { LoadConfigOptions } from './part-config.ts'

let folder: TemporaryFolder
beforeEach(() => {
  folder = createTemporaryFolder()
  mkdirSync(join(folder.path, 'edge'))
})
afterEach(() => folder.remove())

function parse(value: unknown): { n: number } {
  if (typeof value === 'object' && value !== null && 'n' in value && typeof value.n === 'number')
    return { n: value.n }
  throw new Error('n is missing')
}

function load(over: Partial<LoadConfigOptions<{ n: number }>> = {}): {
  sources: string[]
  values: number[]
  problems: unknown[]
} {
  const problems: unknown[] = []
  const found = loadConfigs({
    dataDir: folder.path,
    part: 'edge',
    parse,
    onProblem: (error) => void problems.push(error),
    ...over,
  })
  return { sources: found.map(({ source }) => source), values: found.map(({ config }) => config.n), problems }
}

const current = (text: string): void => writeFileSync(configPath(folder.path, 'edge'), text)
const lastGood = (text: string): void => writeFileSync(lastGoodPath(folder.path, 'edge'), text)

describe('the configurations that a part can use', () => {
  it('are the current, the last good and the fallback, in this order', () => {
    current('{"n":1}')
    lastGood('{"n":2}')
    expect(load({ fallback: () => ({ n: 3 }) })).toEqual({
      sources: ['current', 'last-good', 'fallback'],
      values: [1, 2, 3],
      problems: [],
    })
  })

  it.each(['', '{', '{"n":"1"}', '[]', 'null'])('leave out a current one of %j and say why', (text) => {
    current(text)
    lastGood('{"n":2}')
    const { sources, problems } = load()
    expect(sources).toEqual(['last-good'])
    expect(problems).toMatchObject([
      { code: 'LAYER_CONFIG_INVALID', hint: expect.stringContaining('config check') as string },
    ])
  })

  it('leave out a last good one that is damaged too', () => {
    lastGood('{')
    const { sources, problems } = load()
    expect([sources, problems.length]).toEqual([[], 2])
  })

  it('are none when there is nothing, and that is said', () => {
    expect(load()).toMatchObject({ sources: [], problems: [{ code: 'LAYER_CONFIG_MISSING' }] })
  })
})

describe('a configuration file', () => {
  it('has the digest of its bytes', () => {
    current('{"n":1}')
    const read = readConfigFile(configPath(folder.path, 'edge'), 'current', parse)
    expect(read.digest).toBe(digestOf('{"n":1}'))
  })

  it('that is too large is refused', () => {
    current(`{"n":1,"x":"${'x'.repeat(maxConfigBytes)}"}`)
    expect(() => readConfigFile(configPath(folder.path, 'edge'), 'current', parse)).toThrow('larger than')
  })

  it('is kept as last good once, and replaced when it changed', () => {
    keepAsLastGood(folder.path, 'edge', '{"n":1}')
    keepAsLastGood(folder.path, 'edge', '{"n":1}')
    keepAsLastGood(folder.path, 'edge', '{"n":2}')
    expect(load().values).toEqual([2])
  })
})
