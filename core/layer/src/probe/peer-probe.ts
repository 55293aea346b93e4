import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { isPartName } from '@sevenfold/event'
import type { PartName } from '@sevenfold/event'
import type { Counter, Metrics } from '../metrics/metrics.ts'

/** Others that are asked at each beat (SWIM: a few random ones are enough to know of all). */
export const peersPerBeat = 2
/** A peer that does not answer within this time is not reached, in milliseconds. */
export const peerTimeoutMs = 2_000
/** Longest answer of a peer, in bytes. */
const maxAnswerBytes = 131_072

/** What asking peers needs. */
export interface PeerProbeOptions {
  readonly part: PartName
  /** The data folder that all parts share. */
  readonly rootDir: string
  readonly metrics: Metrics
  readonly random?: () => number
}

/** Asks a few others whether they live. */
export interface PeerProbe {
  /** Asks now. Never rejects. */
  ask(): Promise<void>
}

/** Name of the counter of one peer; it grows with each answer and travels in our heartbeats. */
export function peerCounterName(part: string): string {
  return `sevenfold_peer_${part}_total`
}

/** True when the peer answers over our nonce: a recorded answer does not. */
function reach(socketPath: string): Promise<boolean> {
  const nonce = randomBytes(8).toString('hex')
  return new Promise((resolve) => {
    const call = request(
      {
        socketPath,
        path: `/health?nonce=${nonce}`,
        agent: false,
        timeout: peerTimeoutMs,
        headers: { host: 'localhost' },
      },
      (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (chunk: string) => {
          text += chunk
          if (text.length > maxAnswerBytes) call.destroy()
        })
        answer.on('end', () => resolve(answer.statusCode === 200 && text.includes(nonce)))
        answer.on('close', () => resolve(false))
      },
    )
    const cut = setTimeout(() => call.destroy(), peerTimeoutMs)
    call.on('timeout', () => call.destroy())
    call.on('error', () => resolve(false))
    call.on('close', () => {
      clearTimeout(cut)
      resolve(false)
    })
    call.end()
  })
}

function peersIn(rootDir: string, own: PartName): PartName[] {
  try {
    return readdirSync(rootDir).filter((name): name is PartName => isPartName(name) && name !== own)
  } catch {
    return [] // a folder that cannot be read has no peers for us
  }
}

/** Peers of the same data folder, a few at random at each beat; who answered is counted, for whoever suspects them. */
export function createPeerProbe({
  part,
  rootDir,
  metrics,
  random = Math.random,
}: PeerProbeOptions): PeerProbe {
  const counters = new Map<PartName, Counter>()
  const count = (peer: PartName): void => {
    const counter =
      counters.get(peer) ?? metrics.counter(peerCounterName(peer), `Answers of ${peer} to our probes`)
    counters.set(peer, counter)
    counter.inc()
  }
  return {
    ask: async () => {
      const peers = peersIn(rootDir, part)
      const chosen = Array.from({ length: Math.min(peersPerBeat, peers.length) }, () =>
        peers.splice(Math.floor(random() * peers.length), 1),
      ).flat()
      await Promise.all(
        chosen.map(async (peer) => {
          if (await reach(join(rootDir, peer, 'probe.sock'))) count(peer)
        }),
      )
    },
  }
}
