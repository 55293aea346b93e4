import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { maxSyslogBytes, maxWaitingDatagrams, readSyslog, SyslogServer } from '@sevenfold/intake'
import type { SyslogOptions } from '@sevenfold/intake'
import { systemClock } from '@sevenfold/layer'
import { createCertificateAuthority } from '@sevenfold/testkit'
import { FrameReader } from '../src/syslog/frame-reader.ts'
import { createTaker, eventually } from './eventually.ts'
import type { Taker } from './eventually.ts'

const sender = { address: '192.0.2.1', nowMs: Date.UTC(2026, 0, 2, 3, 4, 5) }

describe('a syslog message', () => {
  it.each([
    [
      'RFC 3164',
      "<34>Oct 11 22:14:15 mymachine su: 'su root' failed",
      "Oct 11 22:14:15 mymachine su: 'su root' failed",
      4,
      2,
    ],
    [
      'RFC 3164 with a day of one digit',
      '<13>Feb  5 17:32:18 10.0.0.99 Use the BFG!',
      'Feb  5 17:32:18 10.0.0.99 Use the BFG!',
      1,
      5,
    ],
    [
      'a time of RFC 3339 in the older form',
      '<38>2026-01-02T03:04:05.123+01:00 web1 sshd[5]: x',
      '2026-01-02T03:04:05.123+01:00 web1 sshd[5]: x',
      4,
      6,
    ],
    [
      'RFC 5424',
      '<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.9 myproc 8710 - - It is time',
      '2003-08-24T05:14:15.000003-07:00 192.0.2.9 myproc[8710]: It is time',
      20,
      5,
    ],
    [
      'RFC 5424 with structured data',
      '<165>1 2003-10-11T22:14:15.003Z host app - ID47 [a@1 x="]" y="\\"\\]"][b@1] \ufeffdone',
      '2003-10-11T22:14:15.003Z host app: done',
      20,
      5,
    ],
    ['RFC 5424 with nothing known', '<0>1 - - - - - -', '2026-01-02T03:04:05.000Z 192.0.2.1 -: ', 0, 0],
    ['no header', '<191>just words', '2026-01-02T03:04:05.000Z 192.0.2.1 just words', 23, 7],
    [
      'line ends inside',
      '<13>Feb  5 17:32:18 h a: one\nFeb  5 17:32:18 h sshd: two\r\n\0',
      'Feb  5 17:32:18 h a: one Feb  5 17:32:18 h sshd: two',
      1,
      5,
    ],
  ])('of %s', (_, packet, text, facility, severity) => {
    expect(readSyslog(packet, sender)).toEqual({ text, facility, severity })
  })

  it.each(['no priority', '<192>x', '<-1>x', '<007>x', '<>x', '< 3>x', ''])('is not %s', (packet) => {
    expect(readSyslog(packet, sender)).toBeUndefined()
  })

  it('takes malformed structured data for a message without header', () => {
    expect(readSyslog('<13>1 2003-10-11T22:14:15.003Z h a - - [x y="z', sender)?.text).toMatch(
      /^2026-01-02T03:04:05.000Z 192.0.2.1 1 2003/,
    )
  })
})

describe('a stream of messages', () => {
  const whole = '11 <13>a: onex<13>b: two\n<13>c: three\r\n12 <13>d: four\n<13>e: five\n'
  const expected = ['<13>a: onex', '<13>b: two', '<13>c: three\r', '<13>d: four\n', '<13>e: five']

  function read(parts: readonly Buffer[]): readonly string[] | undefined {
    const reader = new FrameReader()
    const messages: string[] = []
    for (const part of parts) {
      const found = reader.push(part)
      if (found === undefined) return undefined
      messages.push(...found)
    }
    return [...messages, ...reader.end()]
  }

  it('gives the same whole, at each split, and byte by byte', () => {
    const bytes = Buffer.from(whole)
    expect(read([bytes])).toEqual(expected)
    for (let at = 1; at < bytes.length; at++)
      expect(read([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(expected)
    expect(read([...bytes].map((byte) => Buffer.from([byte])))).toEqual(expected)
  })

  it('ends with a message without a line end, and not with a length without its message', () => {
    expect(read([Buffer.from('<13>last')])).toEqual(['<13>last'])
    expect(read([Buffer.from('20 <13>short')])).toEqual([])
  })

  it('cuts what is too long and goes on after it', () => {
    const long = 'x'.repeat(maxSyslogBytes + 10)
    const cut = 'x'.repeat(maxSyslogBytes)
    expect(read([Buffer.from(`a${long.slice(1)}\n<13>next\n`)])?.map((text) => text.length)).toEqual([
      maxSyslogBytes,
      8,
    ])
    expect(read([Buffer.from(`${String(long.length)} ${long}<13>next\n`)])).toEqual([cut, '<13>next'])
    const exact = `${String(maxSyslogBytes)} ${cut}5 <13>a`
    expect(read([Buffer.from(exact)])).toEqual([cut, '<13>a'])
    expect(
      read(
        [
          ...(Buffer.from(`${long}\n<13>n\n`)
            .toString()
            .match(/[^]{1,1000}/g) ?? []),
        ].map((text) => Buffer.from(text)),
      )?.at(-1),
    ).toBe('<13>n')
  })

  it.each(['99999999 x', '12345678', '0 x', '1x <13>a'])('is broken by the length of %j', (text) => {
    expect(read([Buffer.from(text)])).toBeUndefined()
  })

  it('never fails on any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 }), (parts) => {
        read(parts.map((part) => Buffer.from(part)))
      }),
    )
  })
})

let taker: Taker
const open: SyslogServer[] = []
const sockets: { destroy(): void }[] = []
beforeEach(() => {
  taker = createTaker()
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(open.splice(0).map((server) => server.close()))
})

async function serve(change: Partial<SyslogOptions> = {}): Promise<{ server: SyslogServer; port: number }> {
  const server = new SyslogServer({
    protocol: 'tcp',
    listen: { host: '127.0.0.1', port: 0 },
    onLines: taker.take,
    clock: systemClock,
    ...change,
  })
  open.push(server)
  return { server, port: await server.start() }
}

function tcp(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.on('error', reject)
    sockets.push(socket)
  })
}

const message = (text: string): string => `<13>Feb  5 17:32:18 h app: ${text}`

describe('a syslog server', () => {
  it('takes messages over TCP in both framings, in order', async () => {
    const { server, port } = await serve()
    const socket = await tcp(port)
    const counted = message('two')
    socket.write(`${message('one')}\n${String(counted.length)} ${counted}`)
    socket.end(message('three'))
    await eventually('three lines', () => taker.texts.length === 3)
    expect(taker.texts.map((text) => text.split(': ')[1])).toEqual(['one', 'two', 'three'])
    expect(taker.from[0]).toBe('127.0.0.1')
    expect(server.counters()).toEqual({ lines: 3, dropped: 0 })
  })

  it('makes a sender over TCP wait while lines are being taken', async () => {
    const { server, port } = await serve()
    const release = taker.hold()
    const socket = await tcp(port)
    const line = `${message('x'.repeat(1_000))}\n`
    let isFull = false
    // Until the buffers of both ends are full: then the sender is told to wait.
    for (let n = 0; n < 20_000 && !isFull; n++)
      isFull = !socket.write(line) && socket.writableLength > 4_000_000
    expect(server.counters().lines).toBe(0)
    expect(isFull).toBe(true)
    release()
    await eventually('lines', () => server.counters().lines > 100)
  })

  it('takes messages over UDP and drops what is none', async () => {
    const { server, port } = await serve({ protocol: 'udp' })
    const socket = createSocket('udp4')
    for (const text of [message('one'), 'nothing', message('two')]) {
      await new Promise<void>((resolve) => socket.send(text, port, '127.0.0.1', () => resolve()))
    }
    await eventually('two lines', () => taker.texts.length === 2 && server.counters().dropped === 1)
    socket.close()
  })

  it('holds a bounded number of datagrams', async () => {
    const { server, port } = await serve({ protocol: 'udp', maxWaiting: 10 })
    expect(maxWaitingDatagrams).toBe(10_000)
    const release = taker.hold()
    const socket = createSocket('udp4')
    for (let n = 0; n < 30; n++) {
      await new Promise<void>((resolve) =>
        socket.send(message(String(n)), port, '127.0.0.1', () => resolve()),
      )
    }
    await eventually('the loss of those beyond', () => server.counters().dropped >= 10)
    release()
    await eventually('what was held', () => server.counters().lines >= 10)
    expect(taker.texts[0]).toBe(message('0').slice(4))
    socket.close()
  })

  it('takes messages over TLS, from senders with a certificate where one is asked for', async () => {
    const authority = await createCertificateAuthority()
    const own = await authority.issue({ names: ['localhost', '127.0.0.1'] })
    const client = await authority.issue({ names: ['sender'], client: true })
    const tls = { ...own, ca: authority.certificate }
    const { port } = await serve({ protocol: 'tls', tls })
    const socket = connectTls({
      port,
      host: '127.0.0.1',
      ca: authority.certificate,
      cert: client.certificate,
      key: client.key,
    })
    sockets.push(socket)
    socket.end(`${message('sealed')}\n`)
    await eventually('the line', () => taker.texts.length === 1)
    const stranger = connectTls({ port, host: '127.0.0.1', ca: authority.certificate })
    sockets.push(stranger)
    stranger.on('error', () => undefined)
    const closed = new Promise((resolve) => stranger.once('close', resolve))
    stranger.end(`${message('strange')}\n`)
    await closed
    expect(taker.texts).toHaveLength(1)
  })

  it('refuses senders that are not allowed, and cuts off broken streams', async () => {
    const { server, port } = await serve({ isAllowed: () => false })
    const refused = await tcp(port)
    await new Promise((resolve) => refused.once('close', resolve))
    expect(server.counters().dropped).toBe(1)
    const { server: other, port: otherPort } = await serve()
    const broken = await tcp(otherPort)
    broken.write(`${message('one')}\n99999999 x`)
    await new Promise((resolve) => broken.once('close', resolve))
    expect(other.counters().dropped).toBe(1)
  })

  it('counts lines that nobody took as lost', async () => {
    const errors: unknown[] = []
    const { server, port } = await serve({ onError: (error) => errors.push(error), takeAnything: true })
    taker.refuseNext()
    const socket = await tcp(port)
    socket.write('free words\n')
    await eventually('the loss', () => server.counters().dropped === 1)
    socket.write('more words\n')
    await eventually('the next', () => taker.texts.length === 1)
    expect(taker.texts).toEqual(['more words'])
    expect(errors).toHaveLength(1)
  })
})
