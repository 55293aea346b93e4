import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '@sevenfold/event'
import {
  createHostKey,
  decodeEnrolToken,
  enrolContext,
  loadOrCreateKeys,
  readHostCertificate,
} from '@sevenfold/layer'
import type { PartKeys } from '@sevenfold/layer'
import { createFakeClock, createTemporaryFolder } from '@sevenfold/testkit'
import type { FakeClock, TemporaryFolder } from '@sevenfold/testkit'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { attemptLimits } from './attempts.ts'
import { Authority, maxRequestBytes } from './authority.ts'
import { HostBook } from './host-book.ts'
import { HostDesk } from './host-desk.ts'
import type { HostAct } from './host-desk.ts'
import { loadX509 } from './load-x509.ts'
import { TokenStore, maxOpenTokens } from './token-store.ts'

// Processes, disks and handshakes of a machine that may do much else meanwhile.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let folder: TemporaryFolder
let clock: FakeClock
let desk: HostDesk
let acts: HostAct[]
let authority: Authority
const path = (name: string): string => join(folder.path, name)

async function openDesk(): Promise<HostDesk> {
  authority = await Authority.open(path('authority'), () => clock.now())
  return new HostDesk({
    authority,
    tokens: new TokenStore(path('tokens.json'), () => clock.now()),
    book: new HostBook(path('hosts.json'), () => clock.now()),
    receivers: () => ({ ledger: 'https://10.77.0.1:7750' }),
    lifeMs: 86_400_000,
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs(),
    onAct: (act) => void acts.push(act),
    isLocalKey: (keyId) => keyId === loadOrCreateKeys(path('local')).keyId,
  })
}

beforeEach(async () => {
  folder = createTemporaryFolder()
  clock = createFakeClock(Date.now())
  acts = []
  desk = await openDesk()
})
afterEach(() => folder.remove())

const token = (change: object = {}): string => {
  const wish = { host: 'web2', layer: 'edge', ttlMs: 900_000, actor: 'test', ...change }
  return decodeEnrolToken(desk.token(wish).token).secret
}

/** A part's own keys, one pair by name. */
const keys = (name = 'web2'): PartKeys => loadOrCreateKeys(path(`keys-${name}`))

function bodyFor(secret: string, change: { request?: string; keys?: PartKeys } = {}): JsonObject {
  const own = change.keys ?? keys()
  const request = change.request ?? createHostKey('web2', 'edge').request
  return {
    token: secret,
    request,
    publicKey: Buffer.from(own.publicKey).toString('base64'),
    proof: own.sign(`${enrolContext}\n${request}`),
  }
}

const enrol = (body: JsonObject, address = '192.0.2.1'): Promise<unknown> => desk.enrol(body, address)
const withCode = (code: string): unknown => expect.objectContaining({ code })

describe('the desk', () => {
  it('gives a certificate of the authority for a token, a request and a proof of the key', async () => {
    const { chain } = await desk.enrol(bodyFor(token()), '192.0.2.1')
    const certificate = readHostCertificate(chain)
    expect(certificate?.identity).toMatchObject({
      host: 'web2',
      layer: 'edge',
      datasets: ['sevenfold.edge.*'],
    })
    expect(certificate === undefined ? '' : desk.roster.refusalOf(certificate)).toBeUndefined()
    expect(chain.match(/BEGIN CERTIFICATE/g)).toHaveLength(3)
    expect(desk.roster.find(keys().keyId)).toMatchObject({
      part: 'edge',
      host: 'web2',
      agentPrefix: 'edge/web2.',
    })
    expect(acts.map(({ op, ok }) => [op, ok])).toEqual([
      ['enrol-token', true],
      ['enrol', true],
    ])
  })

  it('remembers everything over a restart', async () => {
    const { chain } = await desk.enrol(bodyFor(token()), '192.0.2.1')
    const open = token({ host: 'web3' })
    desk = await openDesk()
    const certificate = readHostCertificate(chain)
    expect(certificate === undefined ? '' : desk.roster.refusalOf(certificate)).toBeUndefined()
    const request = createHostKey('web3', 'edge').request
    await desk.enrol(bodyFor(open, { request, keys: keys('web3') }), '192.0.2.1')
    expect(desk.list()['hosts']).toHaveLength(2)
  })

  describe('refuses a token', () => {
    it('that was made up', async () => {
      await expect(enrol(bodyFor('A'.repeat(43)))).rejects.toEqual(withCode('HOSTS_BAD_TOKEN'))
    })

    it('that was used, also when two come at the same moment', async () => {
      const secret = token()
      const results = await Promise.allSettled([
        enrol(bodyFor(secret)),
        enrol(bodyFor(secret, { keys: keys('other') })),
      ])
      expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      await expect(enrol(bodyFor(secret))).rejects.toEqual(withCode('HOSTS_BAD_TOKEN'))
    })

    it('that has expired, to the millisecond', async () => {
      const [late, early] = [token({ ttlMs: 60_000 }), token({ ttlMs: 60_001, host: 'web2' })]
      clock.advance(60_000)
      await expect(enrol(bodyFor(late))).rejects.toEqual(withCode('HOSTS_BAD_TOKEN'))
      await enrol(bodyFor(early))
    })

    it('of a host that was revoked meanwhile', async () => {
      await enrol(bodyFor(token()))
      const second = token()
      desk.revoke({ host: 'web2', actor: 'test' })
      await expect(enrol(bodyFor(second))).rejects.toEqual(withCode('HOSTS_BAD_TOKEN'))
    })

    it('after too many attempts of one address, and of no other', async () => {
      const secret = token()
      for (let i = 0; i < attemptLimits.each; i += 1)
        await expect(enrol(bodyFor('B'.repeat(43)))).rejects.toEqual(withCode('HOSTS_BAD_TOKEN'))
      await expect(enrol(bodyFor(secret))).rejects.toEqual(withCode('HOSTS_TOO_MANY'))
      await enrol(bodyFor(secret), '192.0.2.2')
    })

    it('after too many attempts of everybody, until the minute is over', async () => {
      const secret = token()
      for (let i = 0; i < attemptLimits.all; i += 1)
        await enrol(bodyFor('B'.repeat(43)), `192.0.2.${i}`).catch(() => undefined)
      await expect(enrol(bodyFor(secret), '198.51.100.1')).rejects.toEqual(withCode('HOSTS_TOO_MANY'))
      clock.advance(60_000)
      await enrol(bodyFor(secret), '198.51.100.1')
    })
  })

  describe('refuses a request for a certificate, and keeps the token for the right one,', () => {
    const cases: readonly (readonly [string, () => Promise<string> | string, string])[] = [
      ['of another host', () => createHostKey('web3', 'edge').request, 'HOSTS_FOREIGN_IDENTITY'],
      ['of another layer', () => createHostKey('web2', 'runtime').request, 'HOSTS_FOREIGN_IDENTITY'],
      ['of the backbone', () => createHostKey('backbone', 'ledger').request, 'HOSTS_FOREIGN_IDENTITY'],
      ['that is empty', () => '', 'HOSTS_BAD_CERTIFICATE_REQUEST'],
      ['that is noise', () => Buffer.alloc(200, 7).toString('base64'), 'HOSTS_BAD_CERTIFICATE_REQUEST'],
      [
        'that is too long',
        () => Buffer.alloc(maxRequestBytes + 1, 48).toString('base64'),
        'HOSTS_BAD_CERTIFICATE_REQUEST',
      ],
      [
        'whose signature does not hold',
        () => {
          const der = Buffer.from(createHostKey('web2', 'edge').request, 'base64')
          der[der.length - 1] = (der.at(-1) ?? 0) ^ 1
          return der.toString('base64')
        },
        'HOSTS_BAD_CERTIFICATE_REQUEST',
      ],
      [
        'that asks for other names beside',
        () => made({ names: ['backbone'] }),
        'HOSTS_BAD_CERTIFICATE_REQUEST',
      ],
      ['for an RSA key', () => made({ rsa: true }), 'HOSTS_BAD_CERTIFICATE_REQUEST'],
      ['for a key on another curve', () => made({ curve: 'P-384' }), 'HOSTS_BAD_CERTIFICATE_REQUEST'],
      [
        'with two names',
        () => made({ subject: 'CN=web2/edge,CN=backbone/ledger' }),
        'HOSTS_BAD_CERTIFICATE_REQUEST',
      ],
    ]

    async function made(wish: {
      names?: string[]
      rsa?: boolean
      curve?: string
      subject?: string
    }): Promise<string> {
      const x509 = loadX509()
      const algorithm =
        wish.rsa === true
          ? {
              name: 'RSASSA-PKCS1-v1_5',
              hash: 'SHA-256',
              publicExponent: new Uint8Array([1, 0, 1]),
              modulusLength: 2048,
            }
          : { name: 'ECDSA', namedCurve: wish.curve ?? 'P-256', hash: 'SHA-256' }
      const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
      if (!('privateKey' in pair)) throw new Error('no key pair')
      const csr = await x509.Pkcs10CertificateRequestGenerator.create({
        name: wish.subject ?? 'CN=web2/edge',
        keys: pair,
        signingAlgorithm: algorithm,
        extensions:
          wish.names === undefined
            ? []
            : [new x509.SubjectAlternativeNameExtension(wish.names.map((value) => ({ type: 'dns', value })))],
      })
      return Buffer.from(csr.rawData).toString('base64')
    }

    it.each(cases)('%s', async (_what, request, code) => {
      const secret = token()
      await expect(enrol(bodyFor(secret, { request: await request() }))).rejects.toEqual(withCode(code))
      await enrol(bodyFor(secret))
    })
  })

  it('refuses a key of events that the host cannot sign with', async () => {
    const body = { ...bodyFor(token()), publicKey: Buffer.from(keys('other').publicKey).toString('base64') }
    await expect(enrol(body)).rejects.toEqual(withCode('HOSTS_BAD_REQUEST'))
    const { privateKey } = generateKeyPairSync('ed25519')
    const proof = sign(null, Buffer.from('something else'), privateKey).toString('base64')
    await expect(enrol({ ...bodyFor(token()), proof })).rejects.toEqual(withCode('HOSTS_BAD_REQUEST'))
  })

  it('refuses a key that belongs to a part of its own host', async () => {
    const body = bodyFor(token(), { keys: loadOrCreateKeys(path('local')) })
    await expect(enrol(body)).rejects.toEqual(withCode('HOSTS_FOREIGN_IDENTITY'))
  })

  it('refuses a copied folder that wants to be a host of its own', async () => {
    await enrol(bodyFor(token()))
    const request = createHostKey('web3', 'edge').request
    await expect(enrol(bodyFor(token({ host: 'web3' }), { request }))).rejects.toEqual(
      withCode('HOSTS_FOREIGN_IDENTITY'),
    )
  })

  it.each([
    ['a host that is no name', { host: '../x' }],
    ['the name of the backbone', { host: 'backbone' }],
    ['a layer that is none', { layer: 'door' }],
    ['a token that holds too long', { ttlMs: 604_800_001 }],
    ['a token that holds no time', { ttlMs: 999 }],
    ['no time', { ttlMs: 'soon' }],
    ['datasets that are none', { datasets: ['*'] }],
    ['no actor', { actor: 7 }],
  ])('makes no token for %s', (_what, change) => {
    expect(() => token(change)).toThrow(expect.objectContaining({ code: 'HOSTS_BAD_REQUEST' }))
  })

  it('keeps a bounded number of tokens open', () => {
    for (let i = 0; i < maxOpenTokens; i += 1) token({ host: `h${i}` })
    expect(() => token({ host: 'one-more' })).toThrow(expect.objectContaining({ code: 'HOSTS_TOO_MANY' }))
    clock.advance(900_000)
    token({ host: 'one-more' })
  })

  it('renews for a host that is enrolled, and for nobody who was revoked or enrolled anew', async () => {
    const { chain } = await desk.enrol(bodyFor(token()), '192.0.2.1')
    const identity = readHostCertificate(chain)?.identity
    if (identity === undefined) throw new Error('no identity')
    const renew = (): Promise<unknown> =>
      desk.renew(identity, { request: createHostKey('web2', 'edge').request })
    await renew()
    await expect(desk.renew(identity, { request: createHostKey('web3', 'edge').request })).rejects.toEqual(
      withCode('HOSTS_FOREIGN_IDENTITY'),
    )
    await desk.enrol(bodyFor(token()), '192.0.2.1')
    await expect(renew()).rejects.toEqual(withCode('HOSTS_REVOKED'))
    desk.revoke({ host: 'web2', actor: 'test' })
    await expect(renew()).rejects.toEqual(withCode('HOSTS_REVOKED'))
  })

  it('revokes one layer or all of a host, and says when there is none', async () => {
    await enrol(bodyFor(token()))
    const request = createHostKey('web2', 'runtime').request
    await enrol(bodyFor(token({ layer: 'runtime' }), { request, keys: keys('runtime') }))
    expect(desk.revoke({ host: 'web2', layer: 'runtime', actor: 'test' })).toEqual([
      { host: 'web2', layer: 'runtime' },
    ])
    expect(desk.revoke({ host: 'web2', actor: 'test' })).toEqual([{ host: 'web2', layer: 'edge' }])
    expect(() => desk.revoke({ host: 'web2', actor: 'test' })).toThrow(
      expect.objectContaining({ code: 'HOSTS_UNKNOWN' }),
    )
    expect(desk.roster.find(keys().keyId)).toBeUndefined()
  })
})

describe('the authority', () => {
  it('replaces its signing certificate a month before its end, and hosts of the old one stay', async () => {
    const before = authority.endMs
    const { chain } = await desk.enrol(bodyFor(token()), '192.0.2.1')
    expect(await authority.refresh()).toBe(false)
    clock.advance(340 * 86_400_000)
    expect(await authority.refresh()).toBe(true)
    expect(authority.endMs).toBeGreaterThan(before)
    const certificate = readHostCertificate(chain)
    expect(certificate === undefined ? '' : desk.roster.refusalOf(certificate)).toBeUndefined()
  })

  it('is refused when others can read its key', async () => {
    const { chmodSync } = await import('node:fs')
    chmodSync(path('authority/issuing.key'), 0o644)
    await expect(openDesk()).rejects.toEqual(withCode('HOSTS_AUTHORITY'))
  })
})

describe('the files of the desk', () => {
  it('that are damaged close the door, and never open it', async () => {
    await enrol(bodyFor(token()))
    const text = readFileSync(path('hosts.json'), 'utf8')
    for (const damaged of ['', '{', text.replace('web2', 'WEB2'), text.replace('"edge"', '"door"')]) {
      writeFileSync(path('hosts.json'), damaged)
      expect(() => new HostBook(path('hosts.json'), () => clock.now())).toThrow(
        expect.objectContaining({ code: 'HOSTS_AUTHORITY' }),
      )
    }
    mkdirSync(path('x'))
    writeFileSync(path('x/tokens.json'), '{"v":1,"tokens":[{"hash":7}]}')
    expect(new TokenStore(path('x/tokens.json'), () => clock.now()).open()).toEqual([])
  })
})
