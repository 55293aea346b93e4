import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyIdOf, loadOrCreateKeys, publicKeyFromRaw } from './keys.ts'
import {
  allowsDataset,
  localAgent,
  openRegistry,
  readRegistryFile,
  registerAgent,
  verifySignature,
} from './registry.ts'

let folder: TemporaryFolder
beforeEach(() => void (folder = createTemporaryFolder()))
afterEach(() => folder.remove())

describe('keys', () => {
  it('are made once, private to their owner', () => {
    const dir = join(folder.path, 'keys')
    const first = loadOrCreateKeys(dir)
    const second = loadOrCreateKeys(dir)
    expect(second.keyId).toBe(first.keyId)
    expect(second.redactionKey).toEqual(first.redactionKey)
    expect(statSync(dir).mode & 0o777).toBe(0o700)
    for (const file of ['signing.pem', 'redaction.key'])
      expect(statSync(join(dir, file)).mode & 0o777).toBe(0o600)
  })

  it('sign text and bytes alike, and the signature verifies', () => {
    const keys = loadOrCreateKeys(folder.path)
    const signature = keys.sign('héllo')
    expect(keys.sign(Buffer.from('héllo'))).toBe(signature)
    const publicKey = publicKeyFromRaw(keys.publicKey)
    expect(verifySignature(publicKey, 'héllo', signature)).toBe(true)
    expect(verifySignature(publicKey, 'hello', signature)).toBe(false)
    expect(verifySignature(publicKey, 'héllo', 'AAAA')).toBe(false)
    expect(verifySignature(publicKey, 'héllo', '!')).toBe(false)
  })

  // RFC 8032 section 7.1, test 1: the public key that belongs to its secret key.
  it('have an id of the first 16 hex digits of SHA-256 over the raw public key', () => {
    const raw = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex')
    expect(keyIdOf(raw)).toMatch(/^[0-9a-f]{16}$/)
    expect(publicKeyFromRaw(raw).asymmetricKeyType).toBe('ed25519')
    expect(() => publicKeyFromRaw(raw.subarray(1))).toThrow('32 bytes')
  })

  it('that others can read are refused', () => {
    loadOrCreateKeys(folder.path)
    chmodSync(join(folder.path, 'signing.pem'), 0o644)
    expect(() => loadOrCreateKeys(folder.path)).toThrow(expect.objectContaining({ code: 'LAYER_KEYS_MODE' }))
  })

  it.each([
    ['signing.pem', 'not a key'],
    ['signing.pem', ''],
    ['redaction.key', 'zz'],
  ])('in a damaged %s are refused with what to do', (file, content) => {
    loadOrCreateKeys(folder.path)
    writeFileSync(join(folder.path, file), content)
    expect(() => loadOrCreateKeys(folder.path)).toThrow(
      expect.objectContaining({
        code: 'LAYER_KEYS_INVALID',
        hint: expect.stringContaining('remove') as string,
      }),
    )
  })
})

describe('the registry', () => {
  const path = (): string => join(folder.path, 'agents.json')
  const keys = (name: string): ReturnType<typeof loadOrCreateKeys> =>
    loadOrCreateKeys(join(folder.path, name))

  it('knows the parts that were registered', () => {
    const edge = keys('edge')
    registerAgent(path(), localAgent('edge', edge.publicKey))
    registerAgent(path(), localAgent('detection', keys('detection').publicKey))
    const registry = openRegistry({ path: path() })
    expect(registry.find(edge.keyId)).toMatchObject({
      part: 'edge',
      agentPrefix: 'edge/',
      datasets: ['sevenfold.edge.*'],
    })
    expect(registry.find('0'.repeat(16))).toBeUndefined()
  })

  it('is empty without a file, and reads it when it appears', () => {
    const registry = openRegistry({ path: path() })
    const edge = keys('edge')
    expect(registry.find(edge.keyId)).toBeUndefined()
    registerAgent(path(), localAgent('edge', edge.publicKey))
    expect(registry.find(edge.keyId)?.part).toBe('edge')
  })

  it('keeps its last good content when the file breaks', () => {
    const edge = keys('edge')
    registerAgent(path(), localAgent('edge', edge.publicKey))
    const problems: unknown[] = []
    const registry = openRegistry({ path: path(), onInvalid: (error) => void problems.push(error) })
    writeFileSync(path(), '{"v":1,"agents":[{"part":"nobody"}]}')
    expect(registry.find(edge.keyId)?.part).toBe('edge')
    expect(registry.find(edge.keyId)?.part).toBe('edge')
    expect(problems).toHaveLength(1)
  })

  it('replaces an entry of the same key', () => {
    const edge = keys('edge')
    registerAgent(path(), localAgent('edge', edge.publicKey))
    registerAgent(path(), { ...localAgent('edge', edge.publicKey), datasets: ['sevenfold.edge.access'] })
    expect([...readRegistryFile(path()).values()]).toHaveLength(1)
    expect(readFileSync(path(), 'utf8')).toContain('sevenfold.edge.access')
  })

  it.each([
    'not json',
    '[]',
    '{"v":2,"agents":[]}',
    '{"v":1,"agents":{}}',
    '{"v":1,"agents":[7]}',
    '{"v":1,"agents":[{"part":"edge","agentPrefix":"../","publicKey":"","datasets":[]}]}',
    '{"v":1,"agents":[{"part":"edge","agentPrefix":"edge/","publicKey":"AAAA","datasets":[]}]}',
    `{"v":1,"agents":[{"part":"edge","agentPrefix":"edge/","publicKey":"${'A'.repeat(43)}=","datasets":"*"}]}`,
  ])('refuses the file %j at the start', (content) => {
    writeFileSync(path(), content)
    expect(() => openRegistry({ path: path() })).toThrow(
      expect.objectContaining({ code: 'LAYER_REGISTRY_INVALID' }),
    )
  })

  it('allows datasets by name or by their beginning', () => {
    expect(allowsDataset(['sevenfold.edge.*'], 'sevenfold.edge.access')).toBe(true)
    expect(allowsDataset(['sevenfold.edge.*'], 'sevenfold.edgex')).toBe(false)
    expect(allowsDataset(['a.b'], 'a.b')).toBe(true)
    expect(allowsDataset(['a.b'], 'a.bc')).toBe(false)
    expect(allowsDataset([], 'a.b')).toBe(false)
  })
})
