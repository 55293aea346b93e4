import { Buffer } from 'node:buffer'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { driveConnection } from '../support/drive-connection.ts'
import { RawClient } from '../support/raw-client.ts'
import { TestEdge } from '../support/test-edge.ts'
import { echoKinds, folderOf, isThere } from './echo-services.ts'
import type { EchoService } from './echo-services.ts'
import { payloads } from './payloads.ts'
import type { Payload } from './payloads.ts'

const full = process.env['SEVENFOLD_CONFORMANCE'] === 'full'
/** Ordinary runs try every eleventh message, another one for each service. */
const step = full ? 1 : 11
const after = 'GET /after HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
/** A message that waits for more is given up after this long. */
const patienceMs = full ? 400 : 250

interface Answer {
  readonly status: number
  readonly body: string
}

/** Sends bytes as they are; everything that came back until the end, or until nothing more comes. */
function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1' })
    let received = ''
    let timer = setTimeout(() => socket.destroy(), patienceMs * 5)
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      clearTimeout(timer)
      timer = setTimeout(() => socket.destroy(), patienceMs)
    })
    socket.on('error', () => undefined)
    socket.once('close', () => {
      clearTimeout(timer)
      resolve(received)
    })
    socket.write(text, 'latin1')
  })
}

/** The final answers in what the edge sent; it frames them all in one of two ways. */
function answersOf(text: string, methods: readonly string[]): Answer[] {
  const answers: Answer[] = []
  let rest = text
  while (rest.startsWith('HTTP/1.1 ')) {
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) break
    const head = rest.slice(0, end + 2)
    const status = Number(head.slice(9, 12))
    rest = rest.slice(end + 4)
    if (status === 100) continue
    const bodyless = methods[answers.length] === 'HEAD' || status === 204 || status === 304
    const length = /\r\nContent-Length: (\d+)\r\n/i.exec(head)?.[1]
    let body = ''
    if (bodyless) body = ''
    else if (length !== undefined) {
      body = rest.slice(0, Number(length))
      rest = rest.slice(Number(length))
    } else {
      for (;;) {
        const line = rest.indexOf('\r\n')
        const size = Number.parseInt(rest.slice(0, line), 16)
        if (line < 0 || Number.isNaN(size)) break
        body += rest.slice(line + 2, line + 2 + size)
        rest = rest.slice(line + 4 + size)
        if (size === 0) break
      }
    }
    answers.push({ status, body })
  }
  return answers
}

/** Why edge and service do not agree about a message, or null. Also counts what was forwarded. */
async function disagreement(
  edge: TestEdge,
  payload: Payload,
  shows: (text: string) => string,
): Promise<{ why: string | null; forwarded: number }> {
  const bytes = payload.raw + after
  const ours = driveConnection([Buffer.from(bytes, 'latin1')])
  const complete = ours.requests.filter((request) => request.complete)
  const answers = answersOf(
    await exchange(edge.port, bytes),
    ours.requests.map(({ method }) => method),
  )
  for (const [index, request] of complete.entries()) {
    const answer = answers[index]
    if (answer === undefined) break // the connection ended before: an upgrade, or a service that closes
    // `OPTIONS *` is about the server itself, and some answer it without asking the application.
    if (request.target === '*') continue
    const view = shows(`${request.method}|${request.target}|${request.body}`)
    if (answer.status === 200 && request.method !== 'HEAD' && answer.body !== view) {
      return {
        why: `the edge saw ${JSON.stringify(view)}, the service ${JSON.stringify(answer.body)}`,
        forwarded: 0,
      }
    }
  }
  if (answers.length > ours.requests.length + ours.refusals.length) {
    return { why: `${answers.length} answers to ${ours.requests.length} requests`, forwarded: 0 }
  }
  return { why: null, forwarded: complete.length }
}

/** A plain request on a connection that was used before gets its own answer and no other. */
async function isInStep(edge: TestEdge, mark: string): Promise<boolean> {
  const client = await RawClient.connect(edge.port)
  try {
    client.send(`GET /mark-${mark} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
    const answer = await client.answer()
    return answer.status === 200 && answer.body === `GET|/mark-${mark}|`
  } finally {
    client.close()
  }
}

let base = ''
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'sf-echo-'))
  chmodSync(base, 0o755)
})
afterAll(() => {
  process.stdout.write(
    `edge conformance: ${payloads.length} messages, ${tried} tried on ${services} services, ${forwardedAll} requests forwarded, ${faults} disagreements\n`,
  )
  rmSync(base, { recursive: true, force: true })
})

let tried = 0
let services = 0
let forwardedAll = 0
let faults = 0

describe('ambiguous messages', () => {
  it('are at least three hundred, each different', () => {
    expect(payloads.length).toBeGreaterThanOrEqual(300)
    expect(new Set(payloads.map(({ raw }) => raw)).size).toBeGreaterThan(payloads.length * 0.95)
  })

  for (const [index, kind] of echoKinds.entries()) {
    it.skipIf(!isThere(kind))(
      `are refused, or have the same boundaries for edge and ${kind.name}${kind.programs.length > 0 ? ` (needs ${kind.programs.join(', ')})` : ''}`,
      { timeout: 600_000 },
      async () => {
        const service: EchoService = await kind.start(folderOf(base, kind))
        const edge = await TestEdge.start({
          sites: [{ upstreamPort: service.port }],
          limits: { connectionsPerAddress: 10_000, upstreamResponseTimeoutMs: 3000 },
        })
        services += 1
        const wrong: string[] = []
        try {
          for (const [place, payload] of payloads.entries()) {
            if ((place + index) % step !== 0) continue
            tried += 1
            const { why, forwarded } = await disagreement(edge, payload, kind.shows ?? ((text) => text))
            forwardedAll += forwarded
            const inStep = await isInStep(edge, `${index}-${place}`)
            if (why !== null || !inStep) {
              wrong.push(
                `${payload.family}: ${payload.name}: ${why ?? 'the next request got another answer'}`,
              )
            }
          }
        } finally {
          await edge.close()
          await service.stop()
        }
        faults += wrong.length
        expect(wrong).toEqual([])
      },
    )
  }
})
