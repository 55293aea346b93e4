import { createHmac, timingSafeEqual } from 'node:crypto'

/** A canary's mark may be this old or this far ahead, in seconds. */
export const canaryMarkSeconds = 60

const form = /^v1\.(\d{1,12})\.([a-z0-9-]{1,64})\.([0-9a-f]{64})$/

function markText(time: string, attack: string, method: string, target: string): string {
  return `sevenfold-canary/1\n${time}\n${attack}\n${method}\n${target}\n`
}

/**
 * Makes the value of `X-Sevenfold-Canary`: `v1.<seconds>.<attack>.<HMAC-SHA-256>` over time, attack, method and
 * target, so that a mark cannot be put on another request.
 */
export function signCanary(
  key: Uint8Array,
  facts: { seconds: number; attack: string; method: string; target: string },
): string {
  const time = String(Math.floor(facts.seconds))
  const mac = createHmac('sha256', key).update(markText(time, facts.attack, facts.method, facts.target))
  return `v1.${time}.${facts.attack}.${mac.digest('hex')}`
}

/** The attack id of a valid mark, or empty. Checked only after the verdict, so that a canary is judged like anybody. */
export function checkCanary(
  key: Uint8Array,
  mark: string,
  facts: { seconds: number; method: string; target: string },
): string {
  const match = form.exec(mark)
  if (match === null) return ''
  const [, time = '', attack = '', mac = ''] = match
  if (Math.abs(Number(time) - facts.seconds) > canaryMarkSeconds) return ''
  const wanted = createHmac('sha256', key)
    .update(markText(time, attack, facts.method, facts.target))
    .digest()
  return timingSafeEqual(wanted, Buffer.from(mac, 'hex')) ? attack : ''
}
