import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createModes, isWeakening } from './modes.ts'
import type { ModeBaseline, Modes } from './modes.ts'

let folder: TemporaryFolder
beforeEach(() => void (folder = createTemporaryFolder()))
afterEach(() => folder.remove())

const baseline: ModeBaseline = { layer: 'enforce', sites: { shop: 'enforce', blog: 'monitor' } }
const path = (): string => join(folder.path, 'modes.json')
const open = (from: ModeBaseline = baseline): Modes => createModes({ baseline: from, path: path() })

describe('modes', () => {
  it('come from the configuration at first', () => {
    const modes = open()
    expect([modes.mode(), modes.mode('shop'), modes.mode('blog'), modes.mode('unknown')]).toEqual([
      'enforce',
      'enforce',
      'monitor',
      'enforce',
    ])
    expect(modes.differing()).toEqual({ blog: 'monitor' })
  })

  it('of a site are never stronger than the layer', () => {
    const modes = open()
    modes.change({ mode: 'off', mayWeaken: true })
    expect([modes.mode('shop'), modes.mode('blog')]).toEqual(['off', 'off'])
  })

  it('survive a restart', () => {
    open().change({ mode: 'monitor', site: 'shop', mayWeaken: true })
    expect(open().mode('shop')).toBe('monitor')
    expect(open().mode()).toBe('enforce')
  })

  it('set by hand end where the configuration changes', () => {
    open().change({ mode: 'off', site: 'blog', mayWeaken: true })
    expect(open().mode('blog')).toBe('off')
    expect(open({ layer: 'enforce', sites: { shop: 'enforce', blog: 'enforce' } }).mode('blog')).toBe(
      'enforce',
    )
  })

  it('tell listeners after a change is in force, and not after they left', () => {
    const modes = open()
    const seen: string[] = []
    const leave = modes.onChange(() => void seen.push(modes.mode('shop')))
    modes.change({ mode: 'monitor', site: 'shop', mayWeaken: true })
    leave()
    modes.change({ mode: 'off', site: 'shop', mayWeaken: true })
    expect(seen).toEqual(['monitor'])
  })

  it('refuse to weaken without the right to', () => {
    const modes = open()
    expect(() => modes.change({ mode: 'monitor', mayWeaken: false })).toThrow(
      expect.objectContaining({ code: 'LAYER_MODE_WEAKENING' }),
    )
    expect(modes.mode()).toBe('enforce')
    expect(existsSync(path())).toBe(false)
    modes.change({ mode: 'enforce', site: 'blog', mayWeaken: false })
    expect(modes.mode('blog')).toBe('enforce')
  })

  it.each(['nobody', '__proto__', 'constructor', 'toString'])('refuse the unknown site %s', (site) => {
    expect(() => open().change({ mode: 'enforce', site, mayWeaken: true })).toThrow(
      expect.objectContaining({ code: 'LAYER_MODE_UNKNOWN_SITE' }),
    )
  })

  it('change nothing when the change cannot be stored', () => {
    const modes = createModes({ baseline, path: join(folder.path, 'missing', 'modes.json') })
    expect(() => modes.change({ mode: 'off', mayWeaken: true })).toThrow('ENOENT')
    expect(modes.mode()).toBe('enforce')
  })

  it.each([
    '',
    '{',
    '[]',
    '{"v":2}',
    '{"v":1,"layer":{"mode":"none","configured":"enforce"}}',
    '{"v":1,"sites":{"shop":7}}',
  ])('fall back to the configured ones when the file says %j', (content) => {
    writeFileSync(path(), content)
    expect(open().mode('shop')).toBe('enforce')
  })

  it('are written so that a reader never sees half of them', () => {
    const modes = open()
    for (let n = 0; n < 20; n += 1) {
      modes.change({ mode: n % 2 === 0 ? 'monitor' : 'enforce', site: 'shop', mayWeaken: true })
      expect(() => JSON.parse(readFileSync(path(), 'utf8')) as unknown).not.toThrow()
    }
  })

  it('of a worker follow its primary', () => {
    const primary = open()
    const worker = createModes({ baseline })
    primary.change({ mode: 'monitor', mayWeaken: true })
    worker.adopt(structuredClone(primary.snapshot()))
    expect([worker.mode(), worker.mode('shop')]).toEqual(['monitor', 'monitor'])
  })

  it('follow a new baseline', () => {
    const modes = open()
    modes.rebase({ layer: 'monitor', sites: { shop: 'enforce' } })
    expect([modes.mode(), modes.mode('shop')]).toEqual(['monitor', 'monitor'])
  })
})

it('knows what weakens', () => {
  expect([
    isWeakening('enforce', 'monitor'),
    isWeakening('monitor', 'off'),
    isWeakening('enforce', 'off'),
  ]).toEqual([true, true, true])
  expect([isWeakening('off', 'enforce'), isWeakening('monitor', 'monitor')]).toEqual([false, false])
})
