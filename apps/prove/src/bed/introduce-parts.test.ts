import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadOrCreateKeys, readRegistryFile } from '@sevenfold/layer'
import { afterAll, describe, expect, it } from 'vitest'
import { introduceParts } from './introduce-parts.ts'

const folder = mkdtempSync(join(tmpdir(), 'prove-parts-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('introduceParts', () => {
  it('makes every receiver know the key of every part', () => {
    introduceParts(folder, ['ledger', 'detection', 'edge'])
    for (const receiver of ['ledger', 'detection'] as const) {
      const known = readRegistryFile(join(folder, receiver, 'agents.json'))
      expect([...known.values()].map(({ part }) => part).toSorted()).toEqual(['detection', 'edge', 'ledger'])
      expect(known.get(loadOrCreateKeys(join(folder, 'edge', 'keys')).keyId)?.part).toBe('edge')
    }
    expect(statSync(join(folder, 'edge')).mode & 0o777).toBe(0o700)
  })

  it('does not invent a receiver that is not there', () => {
    introduceParts(join(folder, 'second'), ['ledger', 'edge'])
    expect(readRegistryFile(join(folder, 'second', 'detection', 'agents.json')).size).toBe(0)
  })
})
