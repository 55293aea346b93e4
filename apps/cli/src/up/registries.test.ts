import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readRegistryFile } from '@sevenfold/layer'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeRegistries } from './registries.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const partsOf = (receiver: string): string[] =>
  [...readRegistryFile(join(folder, receiver, 'agents.json')).values()].map(({ part }) => part).sort()

describe('writeRegistries', () => {
  it('lets every part write to the ledger, and only those that see requests to detection', () => {
    writeRegistries(folder)
    expect(partsOf('ledger')).toEqual([
      'alerts',
      'collector',
      'console',
      'detection',
      'edge',
      'ledger',
      'runtime',
      'supervisor',
    ])
    expect(partsOf('detection')).toEqual(['edge', 'runtime'])
  })

  it('keeps the keys of parts that have some', () => {
    writeRegistries(folder)
    const before = [...readRegistryFile(join(folder, 'ledger', 'agents.json')).keys()].sort()
    writeRegistries(folder)
    expect([...readRegistryFile(join(folder, 'ledger', 'agents.json')).keys()].sort()).toEqual(before)
  })

  it('makes folders for the owner alone', () => {
    writeRegistries(folder)
    expect(statSync(join(folder, 'edge')).mode & 0o777).toBe(0o700)
  })
})
