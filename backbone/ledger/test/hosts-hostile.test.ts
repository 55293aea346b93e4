import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { request as plainRequest } from 'node:http'
import { Agent, request } from 'node:https'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { batchHeaderNames, batchPath, batchSigningText } from '@sevenfold/event'
import {
  HostLink,
  createHostServer,
  createMetrics,
  decodeEnrolToken,
  encodeEnrolToken,
  enrolHost,
  hostPaths,
  jsonPost,
  loadOrCreateKeys,
  maxEnrolBytes,
  readHostFiles,
  renewEnrolment,
  systemClock,
  RosterBook,
} from '@sevenfold/layer'
import type { HostFiles, PartKeys } from '@sevenfold/layer'
import { createCertificateAuthority, createMemoryLog } from '@sevenfold/testkit'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Authority } from '../src/hosts/authority.ts'
import { HostsHouse, until } from './hosts-house.ts'

// Processes, disks and handshakes of a machine that may do much else meanwhile.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let house: HostsHouse
beforeEach(async () => {
  house = new HostsHouse()
  await house.start()
})
afterEach(() => house.close())

interface Said {
  readonly status: number
  readonly text: string
}

/** Sends one request with whatever certificate; rejects when the connection is cut. */
function say(wish: {
  readonly files?: Partial<HostFiles>
  readonly path: string
  readonly body: Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}): Promise<Said> {
  const { key, chain } = wish.files ?? {}
  const agent = new Agent({
    rejectUnauthorized: false,
    maxCachedSessions: 0,
    ...(key === undefined || chain === undefined ? {} : { key, cert: chain }),
  })
  const { hostname, port } = new URL(house.url)
  return new Promise<Said>((resolve, reject) => {
    const call = request(
      {
        host: hostname,
        port,
        method: 'POST',
        path: wish.path,
        agent,
        headers: { 'content-type': 'application/json', ...wish.headers },
      },
      (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
        answer.on('error', reject)
      },
    )
    call.on('error', reject)
    call.end(wish.body)
  }).finally(() => agent.destroy())
}

const filesOf = (dataDir: string): HostFiles => {
  const files = readHostFiles(join(dataDir, 'edge'))
  if (files === undefined) throw new Error('not enrolled')
  return files
}

/** A batch of one line as `keys` sign it. */
function signedBatch(agent: string, keys: PartKeys): { headers: Record<string, string>; body: Uint8Array } {
  const body = gzipSync('{"no":"event"}\n')
  const [epoch, lane, first, blocks] = ['epoch-0001', 'high', 1, [1]] as const
  const digest = createHash('sha256').update(body).digest('hex')
  return {
    body,
    headers: {
      'content-type': 'application/x-ndjson',
      'content-encoding': 'gzip',
      [batchHeaderNames.agent]: agent,
      [batchHeaderNames.epoch]: epoch,
      [batchHeaderNames.lane]: lane,
      [batchHeaderNames.first]: String(first),
      [batchHeaderNames.blocks]: blocks.join(','),
      [batchHeaderNames.key]: keys.keyId,
      [batchHeaderNames.signature]: keys.sign(
        batchSigningText({ agent, epoch, lane, first, blocks: [...blocks] }, digest),
      ),
    },
  }
}

function linkOf(dataDir: string): HostLink {
  const link = HostLink.open({
    partDir: join(dataDir, 'edge'),
    agentId: (host) => `edge/${host}.w0`,
    slot: 'w0',
    clock: systemClock,
    log: createMemoryLog(),
  })
  if (link === undefined) throw new Error('not enrolled')
  house.later(() => link.client('ledger').close())
  return link
}

describe('whoever shows no certificate', () => {
  it('can enrol and nothing else', async () => {
    const body = new Uint8Array()
    for (const path of [
      hostPaths.renew,
      batchPath,
      '/v1/heartbeats',
      '/v1/lease',
      '/v1/tokens',
      '/v1/hosts',
      '/',
    ]) {
      const { status, text } = await say({ path, body })
      expect({ path, status, text }).toMatchObject({ status: 404 })
    }
    expect((await say({ path: hostPaths.enrol, body })).status).toBe(400)
  })

  it.each([
    ['a body that is too large', Buffer.alloc(maxEnrolBytes + 1, 32), 400],
    ['the largest body, which is no JSON', Buffer.alloc(maxEnrolBytes, 32), 400],
    ['deep JSON', Buffer.from('['.repeat(5000)), 400],
    ['a list', Buffer.from('[]'), 400],
    ['numbers for texts', Buffer.from('{"token":1,"request":2}'), 400],
  ])('is refused with %s', async (_what, body, status) => {
    expect((await say({ path: hostPaths.enrol, body })).status).toBe(status)
  })

  it('is cut off with a body that never ends', async () => {
    const sent = say({ path: hostPaths.enrol, body: Buffer.alloc(4 * 1024 * 1024, 32) })
    const outcome = await sent.then(
      ({ status }) => status,
      () => 'cut',
    )
    expect([400, 'cut']).toContain(outcome)
  })
})

describe('a certificate', () => {
  it('of another authority gets no further than the handshake', async () => {
    const foreign = await createCertificateAuthority()
    const { certificate, key } = await foreign.issue({ names: ['web2'], client: true })
    await expect(
      say({ files: { key, chain: certificate }, path: batchPath, body: new Uint8Array() }),
    ).rejects.toThrow()
  })

  it('that the authority signed for nobody on the roster is refused, and the refusal is an event', async () => {
    const folder = join(house.folder, 'ledger', 'hosts', 'authority')
    const authority = await Authority.open(folder, () => Date.now())
    const { createHostKey } = await import('@sevenfold/layer')
    const fresh = createHostKey('web9', 'edge')
    const { publicKey } = await authority.readRequest(Buffer.from(fresh.request, 'base64'))
    const identity = {
      host: 'web9',
      layer: 'edge' as const,
      datasets: ['sevenfold.edge.*'],
      enrolment: 'ab'.repeat(8),
    }
    const { chain } = await authority.issue({ identity, publicKey, use: 'client', lifeMs: 60_000 })
    await expect(
      say({ files: { key: fresh.key, chain }, path: batchPath, body: new Uint8Array() }),
    ).rejects.toThrow()
    await until('it is an event', async () =>
      (await house.messages()).some((text) =>
        text.includes('edge on web9 came with a certificate that is unknown'),
      ),
    )
  })

  it('that has ended is good for nothing but another one', async () => {
    await house.stop()
    await house.start({ certificateLifeMs: 1_500 })
    const dataDir = await house.joined('web2')
    const files = filesOf(dataDir)
    await until('it has ended', () => Date.now() > files.certificate.notAfterMs + 1_000)
    expect(await say({ files, path: batchPath, body: new Uint8Array() })).toMatchObject({ status: 404 })
    await renewEnrolment(join(dataDir, 'edge'), linkOf(dataDir))
    expect(filesOf(dataDir).certificate.notAfterMs).toBeGreaterThan(files.certificate.notAfterMs)
  })
})

describe('what one host signed', () => {
  it('counts on its own connection, and on no other', async () => {
    const [web2, web3] = [await house.joined('web2'), await house.joined('web3')]
    const keys = loadOrCreateKeys(join(web2, 'edge', 'keys'))
    const batch = signedBatch('edge/web2.w0', keys)
    const own = await linkOf(web2)
      .client('ledger')
      .post({ path: batchPath, ...batch })
    expect(own.status).toBe(200)
    const other = await linkOf(web3)
      .client('ledger')
      .post({ path: batchPath, ...batch })
    expect(other).toMatchObject({ status: 403 })
    expect(other.text).toContain('RECEIVE_FOREIGN_HOST')
    await until('it is an event', async () =>
      (await house.messages()).some((text) =>
        text.includes('edge of web3 sends what the key of edge of web2 signed'),
      ),
    )
  })

  it('does not count on the socket of the ledger host either, nor what was signed there on a host', async () => {
    const web2 = await house.joined('web2')
    const local = (batch: { headers: Record<string, string>; body: Uint8Array }): Promise<number> =>
      new Promise((resolve, reject) => {
        const socketPath = join(house.folder, 'ledger', 'ingest.sock')
        const call = plainRequest(
          { socketPath, method: 'POST', path: batchPath, headers: batch.headers },
          (answer) => {
            answer.resume()
            answer.on('end', () => resolve(answer.statusCode ?? 0))
          },
        )
        call.on('error', reject)
        call.end(batch.body)
      })
    expect(await local(signedBatch('edge/web2.w0', loadOrCreateKeys(join(web2, 'edge', 'keys'))))).toBe(403)
    const ledgerKeys = loadOrCreateKeys(join(house.folder, 'ledger', 'keys'))
    const answer = await linkOf(web2)
      .client('ledger')
      .post({ path: batchPath, ...signedBatch('ledger/main', ledgerKeys) })
    expect(answer.status).toBe(403)
  })

  it('is refused for a writer of another host, whatever the name looks like', async () => {
    const web2 = await house.joined('web2')
    const keys = loadOrCreateKeys(join(web2, 'edge', 'keys'))
    const client = linkOf(web2).client('ledger')
    for (const agent of ['edge/web3.w0', 'edge/main', 'edge/web2', 'edge/web2.w0.x', 'runtime/web2.main']) {
      const { status } = await client.post({ path: batchPath, ...signedBatch(agent, keys) })
      expect({ agent, status }).toEqual({ agent, status: 403 })
    }
  })

  it('needs the lease of its writer, which no other host can take', async () => {
    const [web2, web3] = [await house.joined('web2'), await house.joined('web3')]
    const keys = loadOrCreateKeys(join(web2, 'edge', 'keys'))
    const batch = signedBatch('edge/web2.w0', keys)
    expect(await say({ files: filesOf(web2), path: batchPath, ...batch })).toMatchObject({ status: 409 })
    const wish = jsonPost('/v1/lease', { agent: 'edge/web2.w0', instance: '0'.repeat(32), ticket: '' })
    expect(await linkOf(web3).send('ledger', wish)).toMatchObject({ status: 403 })
    for (const body of [
      '',
      '[]',
      '{}',
      '{"agent":"edge/web2.w0","instance":"x","ticket":""}',
      ' '.repeat(2000),
    ]) {
      const { status } = await linkOf(web2).send('ledger', { ...wish, body: Buffer.from(body) })
      expect([400, 413]).toContain(status)
    }
  })

  it('by a key that another host copied is refused there', async () => {
    const [web2, web3] = [await house.joined('web2'), await house.joined('web3')]
    cpSync(join(web2, 'edge', 'keys'), join(web3, 'edge', 'keys'), { recursive: true })
    const log = createMemoryLog()
    const edge = await house.edge(web3, log)
    edge.emit(edge.events.notice('stolen', 'stolen'))
    await edge.spool.flush()
    await until('it is refused', () => log.events().includes('ship-refused'))
    expect(await house.messages()).not.toContain('stolen')
  })
})

describe('a host that joins', () => {
  it('believes no backbone with another fingerprint, and tells it nothing', async () => {
    const real = decodeEnrolToken(await house.token('web2'))
    const foreign = await createCertificateAuthority()
    const { certificate, key } = await foreign.issue({ names: ['127.0.0.1'] })
    let heard = 0
    const impostor = createServer({ cert: `${certificate}${foreign.certificate}`, key }, (socket) => {
      socket.on('data', (bytes: Buffer) => (heard += bytes.length))
      socket.on('error', () => undefined)
    })
    await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve))
    house.later(() => new Promise((resolve) => impostor.close(() => resolve())))
    const url = `https://127.0.0.1:${(impostor.address() as AddressInfo).port}`
    const token = decodeEnrolToken(encodeEnrolToken({ ...real, url }))
    const keys = loadOrCreateKeys(join(house.temporary(), 'keys'))
    await expect(enrolHost(token, keys)).rejects.toEqual(
      expect.objectContaining({ code: 'LAYER_ENROL_REFUSED' }),
    )
    expect(heard).toBe(0)
  })

  it('says so when nothing answers', async () => {
    const token = decodeEnrolToken(await house.token('web2'))
    await house.stop()
    const keys = loadOrCreateKeys(join(house.temporary(), 'keys'))
    await expect(enrolHost(token, keys)).rejects.toEqual(
      expect.objectContaining({ code: 'LAYER_ENROL_UNREACHABLE' }),
    )
  })

  it('does not take a host that was enrolled for the backbone', async () => {
    const web2 = await house.joined('web2')
    const { key, chain, root } = filesOf(web2)
    const impostor = createServer({ cert: chain, key }, (socket) => socket.on('error', () => undefined))
    await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve))
    house.later(() => new Promise((resolve) => impostor.close(() => resolve())))
    const url = `https://127.0.0.1:${(impostor.address() as AddressInfo).port}`
    const token = { ...decodeEnrolToken(await house.token('web3')), url }
    const fingerprint = createHash('sha256')
      .update(Buffer.from(root.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64'))
      .digest('hex')
    expect(token.fingerprint).toBe(fingerprint)
    const keys = loadOrCreateKeys(join(house.temporary(), 'keys'))
    await expect(enrolHost(token, keys)).rejects.toThrow(/cannot be reached/)
  })
})

describe('handshakes', () => {
  const open = async (limits: object): Promise<{ port: number; limited: () => number }> => {
    const folder = join(house.folder, 'gate')
    mkdirSync(folder)
    const authority = await Authority.open(folder, () => Date.now())
    const { createHostKey } = await import('@sevenfold/layer')
    const fresh = createHostKey('backbone', 'ledger')
    const { publicKey } = await authority.readRequest(Buffer.from(fresh.request, 'base64'))
    const identity = {
      host: 'backbone',
      layer: 'ledger' as const,
      datasets: ['a.b'],
      enrolment: '0'.repeat(16),
    }
    const { chain } = await authority.issue({ identity, publicKey, use: 'server', lifeMs: 60_000 })
    const metrics = createMetrics()
    const server = createHostServer({
      credentials: { key: fresh.key, chain, root: authority.root },
      roster: new RosterBook(),
      handle: (_request, response) => void response.end(),
      clock: systemClock,
      log: createMemoryLog(),
      metrics,
      limits,
    })
    const port = await server.listen({ host: '127.0.0.1', port: 0 })
    house.later(() => server.close())
    const count = /^sevenfold_host_connections_total\{result="limited"\} (\d+)$/m
    return { port, limited: () => Number(count.exec(metrics.render())?.[1] ?? 0) }
  }
  /** A connection over TCP; `closed` resolves when the other side ends it. */
  const dial = (port: number, localAddress = '127.0.0.1'): { socket: Socket; closed: Promise<void> } => {
    const socket = connect({ port, host: '127.0.0.1', localAddress })
    socket.on('error', () => undefined)
    socket.resume()
    house.later(() => void socket.destroy())
    return { socket, closed: new Promise((resolve) => socket.once('close', () => resolve())) }
  }

  it('that say nothing are cut off', async () => {
    const { port } = await open({ timeoutMs: 300 })
    await dial(port).closed
  })

  it('that are no TLS are counted, and their address is closed for a while, others are not', async () => {
    const { port, limited } = await open({ failures: 3 })
    for (let i = 0; i < 3; i += 1) {
      const { socket, closed } = dial(port)
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
      await closed
    }
    await dial(port).closed
    await until('it is counted', () => limited() === 1)
    const other = dial(port, '127.0.0.2')
    await new Promise((resolve) => other.socket.once('connect', resolve))
    const answered = new Promise((resolve) => other.socket.once('data', resolve))
    other.socket.write('GET / HTTP/1.1\r\n\r\n')
    await Promise.race([answered, other.closed])
    expect(limited()).toBe(1)
  })

  it('are bounded for each address', async () => {
    const { port, limited } = await open({ pendingEach: 2, timeoutMs: 10_000 })
    const [one, two] = [dial(port), dial(port)]
    await Promise.all(
      [one, two].map(({ socket }) => new Promise((resolve) => socket.once('connect', resolve))),
    )
    await dial(port).closed
    await until('it is counted', () => limited() === 1)
  })

  it('without a certificate are refused where nobody can enrol', async () => {
    const { port } = await open({})
    const before = house.url
    house.url = `https://127.0.0.1:${port}`
    await expect(say({ path: '/', body: new Uint8Array() })).rejects.toThrow()
    house.url = before
  })
})

it('keeps the key of a certificate for its owner', async () => {
  const dataDir = await house.joined('web2')
  const { statSync, chmodSync } = await import('node:fs')
  const file = join(dataDir, 'edge', 'host', 'enrolment.json')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readFileSync(file, 'utf8')).toContain('PRIVATE KEY')
  chmodSync(file, 0o640)
  expect(() => readHostFiles(join(dataDir, 'edge'))).toThrow(
    expect.objectContaining({ code: 'LAYER_KEYS_MODE' }),
  )
})
