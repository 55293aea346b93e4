import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EdgeConfig } from '@sevenfold/config'
import type { Mode } from '@sevenfold/event'
import { describe, expect, it } from 'vitest'
import { ownListenerTest, ownSocketTest, stepMode } from './build-sites.ts'

describe('stepMode', () => {
  const cases: readonly (readonly [
    own: Mode | undefined,
    configured: Mode,
    inForce: Mode,
    expected: Mode,
  ])[] = [
    [undefined, 'enforce', 'enforce', 'enforce'],
    [undefined, 'enforce', 'monitor', 'monitor'],
    ['enforce', 'monitor', 'monitor', 'enforce'],
    ['off', 'enforce', 'enforce', 'off'],
    ['enforce', 'enforce', 'monitor', 'monitor'],
    ['enforce', 'enforce', 'off', 'off'],
    ['monitor', 'enforce', 'off', 'off'],
    ['off', 'monitor', 'enforce', 'off'],
  ]
  for (const [own, configured, inForce, expected] of cases) {
    it(`of a step ${own ?? 'without its own mode'} on a site ${configured}, now ${inForce}, is ${expected}`, () => {
      const steps = own === undefined ? {} : { waf: own }
      expect(stepMode({ mode: configured, steps }, 'waf', inForce)).toBe(expected)
    })
  }
})

describe('ownListenerTest', () => {
  const isOwn = ownListenerTest([
    { host: '127.0.0.1', port: 7700 },
    { host: '0.0.0.0', port: 8080 },
  ])
  it('knows a listener by address and port', () => {
    expect(isOwn('127.0.0.1', 7700, '127.0.0.1')).toBe(true)
    expect(isOwn('127.0.0.1', 7701, '127.0.0.1')).toBe(false)
    expect(isOwn('127.0.0.2', 7700, '127.0.0.1')).toBe(false)
  })
  it('knows a listener on all addresses by any address of this host', () => {
    expect(isOwn('192.0.2.1', 8080, '192.0.2.1')).toBe(true)
    expect(isOwn('192.0.2.9', 8080, '192.0.2.1')).toBe(false)
  })
})

describe('ownSocketTest', () => {
  it('knows listeners of the edge and everything in the data folder, by any name', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sf-own-'))
    try {
      const data = join(folder, 'data')
      mkdirSync(join(data, 'edge'), { recursive: true })
      symlinkSync(data, join(folder, 'link'))
      // Only the listeners are read.
      const config = {
        sites: [{ listen: { path: '/run/edge.sock' } }],
        beside: [{ listen: { path: '/run/judge.sock' } }],
      } as unknown as EdgeConfig
      const isOwn = ownSocketTest(config, data)
      expect(isOwn('/run/edge.sock')).toBe(true)
      expect(isOwn('/run/judge.sock')).toBe(true)
      expect(isOwn(join(data, 'edge'))).toBe(true)
      expect(isOwn(join(folder, 'link', 'edge'))).toBe(true)
      expect(isOwn(join(folder, 'data-of-others', 'app.sock'))).toBe(false)
      expect(isOwn('/run/app.sock')).toBe(false)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
