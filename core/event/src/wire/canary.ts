import { createHmac, timingSafeEqual } from 'node:crypto'

/** Header that carries a canary's mark; removed from what goes on. */
export const canaryHeader = 'x-sevenfold-canary'
/** A mark may be this old or this far ahead, in seconds. */
export const canaryMarkSeconds = 60

/** What a mark is bound to, so that it cannot be put on another request. */
export interface CanaryFacts {
  /** Seconds since 1970. */
  readonly seconds: number
  /** Id of the attack, `[a-z0-9-]`, at most 64 characters. */
  readonly attack: string
  readonly method: string
  /** Request target as sent. */
  readonly target: string
}

const form = /^v1\.(\d{1,12})\.([a-z0-9-]{1,64})\.([0-9a-f]{64})$/

function macOf(key: Uint8Array, facts: Omit<CanaryFacts, 'seconds'>, time: string): Buffer {
  const text = `sevenfold-canary/1\n${time}\n${facts.attack}\n${facts.method}\n${facts.target}\n`
  return createHmac('sha256', key).update(text).digest()
}

/** The mark of a canary: `v1.<seconds>.<attack>.<HMAC-SHA-256>` over time, attack, method and target. */
export function signCanary(key: Uint8Array, facts: CanaryFacts): string {
  const time = String(Math.floor(facts.seconds))
  return `v1.${time}.${facts.attack}.${macOf(key, facts, time).toString('hex')}`
}

/**
 * The attack id of a valid mark, or empty. To be called only after the verdict, so that a canary is judged like anybody.
 */
export function checkCanary(key: Uint8Array, mark: string, facts: Omit<CanaryFacts, 'attack'>): string {
  const match = form.exec(mark)
  if (match === null) return ''
  const [, time = '', attack = '', mac = ''] = match
  if (Math.abs(Number(time) - facts.seconds) > canaryMarkSeconds) return ''
  return timingSafeEqual(macOf(key, { ...facts, attack }, time), Buffer.from(mac, 'hex')) ? attack : ''
}
