import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { HeartbeatBody } from '@sevenfold/event'
import type { Clock, Timer } from '../clock/clock.ts'
import type { PartKeys } from '../keys/keys.ts'
import type { Logger } from '../log/logger.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { heartbeatPath } from '../receive/heartbeat-path.ts'
import { createSocketClient } from '../ship/socket-client.ts'
import type { SocketClient } from '../ship/socket-client.ts'
import { beatIntervalMs } from './beat-interval.ts'
import { signHeartbeat } from './sign-heartbeat.ts'
import { maxCheckpointLength } from './witness.ts'

/** What sending heartbeats needs. */
export interface HeartbeatSenderOptions {
  readonly receivers: readonly ({ readonly name: string } & (
    | { readonly socketPath: string }
    | { readonly client: SocketClient }
  ))[]
  /** The heartbeat of this moment. */
  readonly build: (nonce: string) => HeartbeatBody
  /** Called at every beat, before it is sent. */
  readonly onBeat: () => void
  /** Called with the checkpoint that a receiver gave with its answer. */
  readonly onCheckpoint?: (note: string) => void
  readonly keys: PartKeys
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
}

/** Sends heartbeats until it is stopped. */
export interface HeartbeatSender {
  stop(): void
}

interface Target {
  readonly name: string
  readonly client: SocketClient
  /** The receiver's last nonce; empty asks for one. */
  nonce: string
  /** A beat is under way: a slow receiver gets no second one. */
  busy: boolean
  failing: boolean
}

const limits = { maxTextLength: 65_536, maxDepth: 3, maxNodes: 20, maxStringLength: maxCheckpointLength }

interface Answered {
  /** Empty when there is none. */
  readonly nonce: string
  readonly checkpoint: string
}

function readAnswer(text: string): Answered {
  const parsed = parseBoundedJson(text, limits)
  const fields = parsed.ok && isJsonObject(parsed.value) ? parsed.value : {}
  const { nonce, checkpoint } = fields
  return {
    nonce: typeof nonce === 'string' && nonce.length <= 128 ? nonce : '',
    checkpoint: typeof checkpoint === 'string' ? checkpoint : '',
  }
}

/** Sends one heartbeat; a receiver that gives a nonce (409) gets it again with that nonce, once. */
async function beat(target: Target, options: HeartbeatSenderOptions): Promise<'accepted' | 'refused'> {
  for (let tries = 0; tries < 2; tries += 1) {
    const signed = signHeartbeat(options.build(target.nonce), options.keys)
    const answer = await target.client.post({
      path: heartbeatPath,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(signed)),
    })
    const { nonce, checkpoint } = readAnswer(answer.text)
    // After a refusal the old nonce is of no use; an empty one asks for another.
    target.nonce = nonce
    if (answer.status === 200) {
      if (checkpoint !== '') options.onCheckpoint?.(checkpoint)
      return 'accepted'
    }
    if (answer.status !== 409 || nonce === '') return 'refused'
  }
  return 'refused'
}

async function send(target: Target, options: HeartbeatSenderOptions): Promise<boolean> {
  if (target.busy) return false
  target.busy = true
  try {
    return (await beat(target, options)) === 'accepted'
  } catch {
    target.nonce = '' // an answer may have been lost, and with it the nonce it carried
    return false
  } finally {
    target.busy = false
  }
}

/** Sends a heartbeat now and every 10 s to each receiver. */
export function startHeartbeatSender(options: HeartbeatSenderOptions): HeartbeatSender {
  const { clock, log, metrics } = options
  const sent = metrics.counter('sevenfold_heartbeats_total', 'Heartbeats sent, by result', {
    result: ['accepted', 'failed'],
  })
  const targets = options.receivers.map((receiver): Target => ({
    name: receiver.name,
    client: 'client' in receiver ? receiver.client : createSocketClient(receiver.socketPath),
    nonce: '',
    busy: false,
    failing: false,
  }))
  let timer: Timer | undefined
  let stopped = false
  const sendTo = async (target: Target): Promise<void> => {
    const ok = await send(target, options)
    sent.inc(1, { result: ok ? 'accepted' : 'failed' })
    if (ok === !target.failing || stopped) return
    target.failing = !ok
    if (ok) log.info('heartbeat-accepted', { receiver: target.name })
    else log.warn('heartbeat-not-accepted', { receiver: target.name })
  }
  const intervalMs = beatIntervalMs()
  const tick = (): void => {
    if (stopped) return
    timer = clock.after(intervalMs, tick)
    options.onBeat()
    for (const target of targets) void sendTo(target) // never rejects
  }
  tick()
  return {
    stop: () => {
      stopped = true
      timer?.cancel()
      for (const target of targets) target.client.close()
    },
  }
}
