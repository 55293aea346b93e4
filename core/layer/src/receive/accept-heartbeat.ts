import { randomBytes } from 'node:crypto'
import {
  decodeHeartbeat,
  decodeSignedHeartbeat,
  heartbeatContext,
  heartbeatMaxAgeSeconds,
  escapeText,
} from '@sevenfold/event'
import type { HeartbeatBody, SignedHeartbeat } from '@sevenfold/event'
import type { IncomingMessage } from 'node:http'
import { mayWriteAs, verifierOf, verifySignature } from '../keys/registry.ts'
import type { RegisteredAgent } from '../keys/registry.ts'
import { problem } from './answer.ts'
import type { Answer } from './answer.ts'
import type { AgentTrack } from './agents.ts'
import { checkHost } from './check-host.ts'
import { settleGaps } from './gaps.ts'
import { checkHead } from './lane-track.ts'
import { checkLease } from './leases.ts'
import type { ReceiverCore } from './receiver-core.ts'

/** Longest body of a heartbeat, in bytes. */
export const maxHeartbeatBytes = 131_072
/** Nonces remembered per writer, to tell a replay from a mistake. */
export const maxUsedNonces = 64

function newNonce(agent: AgentTrack): string {
  agent.nonce = randomBytes(16).toString('hex')
  return agent.nonce
}

function challenge(agent: AgentTrack, code: string, message: string): Answer {
  const nonce = agent.nonce === '' ? newNonce(agent) : agent.nonce
  return { status: 409, body: { error: { code, message }, nonce } }
}

function checkAge(core: ReceiverCore, body: HeartbeatBody): Answer | undefined {
  const ageMs = core.clock.now() - Date.parse(body.time)
  if (Math.abs(ageMs) <= heartbeatMaxAgeSeconds * 1000) return undefined
  const seconds = Math.round(ageMs / 1000)
  core.report({
    kind: 'heartbeat-stale',
    agent: body.agent,
    epoch: body.epoch,
    message: `a heartbeat is ${seconds} s old: held back, replayed, or a clock that is wrong`,
  })
  return problem(422, 'RECEIVE_HEARTBEAT_STALE', `${seconds} s old, at most ${heartbeatMaxAgeSeconds}`)
}

/** A heartbeat proves that it is new by carrying the nonce of the last answer. */
function checkNonce(core: ReceiverCore, agent: AgentTrack, body: HeartbeatBody): Answer | undefined {
  if (agent.nonce !== '' && body.nonce === agent.nonce) return undefined
  const place = { agent: body.agent, epoch: body.epoch }
  if (agent.usedNonces.has(body.nonce)) {
    core.report({ kind: 'heartbeat-replayed', message: 'a heartbeat came a second time', ...place })
    return challenge(agent, 'RECEIVE_HEARTBEAT_REPLAYED', 'this nonce was used')
  }
  // Without a nonce of ours there is nothing to be wrong about: the writer or this receiver has just started.
  if (agent.nonce !== '' && body.nonce !== '')
    core.report({
      kind: 'heartbeat-nonce',
      message: 'a heartbeat carries a nonce that was not given',
      ...place,
    })
  return challenge(agent, 'RECEIVE_HEARTBEAT_NONCE', 'send the heartbeat again with this nonce')
}

function checkHeads(core: ReceiverCore, agent: AgentTrack, body: HeartbeatBody): void {
  const epoch = agent.epochs.get(body.epoch)
  if (epoch === undefined) return // its batches have not come yet; the next heartbeat is compared
  for (const lane of ['high', 'low'] as const) {
    const track = epoch.lanes[lane]
    const head = body.lanes[lane]
    const place = { agent: body.agent, epoch: body.epoch, lane, last: head.sequence }
    if (head.sequence < track.claimed)
      core.report({
        kind: 'head-fell',
        message: `the head fell from ${track.claimed} to ${head.sequence}`,
        ...place,
      })
    track.claimed = Math.max(track.claimed, head.sequence)
    if (checkHead(track, head) === 'mismatch')
      core.report({
        kind: 'chain-mismatch',
        message: 'the received blocks do not give the hash of the signed heartbeat',
        ...place,
      })
  }
}

/** A boot counter never falls: a lower one is an old copy of the data folder, and says nothing true about now. */
function checkBoot(core: ReceiverCore, agent: AgentTrack, body: HeartbeatBody): Answer | undefined {
  if (body.boot >= agent.boot) return undefined
  const message = `the boot counter fell from ${agent.boot} to ${body.boot}: an old copy of the data folder`
  core.report({ kind: 'boot-fell', agent: body.agent, epoch: body.epoch, message })
  return problem(422, 'RECEIVE_HEARTBEAT_BOOT', message)
}

async function rememberBoot(core: ReceiverCore, agent: AgentTrack, body: HeartbeatBody): Promise<void> {
  if (body.boot === agent.boot) return
  agent.boot = body.boot
  try {
    await core.journal.write([{ t: 'boot', agent: agent.id, boot: body.boot }])
  } catch (error) {
    core.log.error('receiver-journal-failed', { error }) // kept in memory; the next boot is written again
  }
}

function useNonce(agent: AgentTrack, nonce: string): void {
  agent.usedNonces.add(nonce)
  for (const oldest of agent.usedNonces) {
    if (agent.usedNonces.size <= maxUsedNonces) break
    agent.usedNonces.delete(oldest)
  }
}

interface Signed {
  readonly owner: RegisteredAgent
  readonly body: HeartbeatBody
}

function isSignature(signed: SignedHeartbeat, owner: RegisteredAgent): boolean {
  return verifySignature(verifierOf(owner), `${heartbeatContext}\n${signed.body}`, signed.signature)
}

function authenticate(core: ReceiverCore, text: string): Signed | Answer {
  const envelope = decodeSignedHeartbeat(text)
  if (!envelope.ok) return problem(400, 'RECEIVE_BAD_HEARTBEAT', envelope.message)
  const owner = core.registry.find(envelope.value.key)
  if (owner === undefined) {
    core.report({
      kind: 'unknown-key',
      agent: '',
      message: `heartbeat with key ${escapeText(envelope.value.key, 16)}`,
    })
    return problem(401, 'RECEIVE_UNKNOWN_KEY', 'the key is not registered here')
  }
  if (!isSignature(envelope.value, owner)) {
    core.report({
      kind: 'heartbeat-signature',
      agent: '',
      message: `key of ${owner.part}: the signature does not hold`,
    })
    return problem(401, 'RECEIVE_BAD_SIGNATURE', 'the signature does not hold')
  }
  const body = decodeHeartbeat(envelope.value.body)
  if (!body.ok) return problem(400, 'RECEIVE_BAD_HEARTBEAT', `${body.path}: ${body.message}`)
  if (mayWriteAs(owner, body.value.agent)) return { owner, body: body.value }
  core.report({
    kind: 'foreign-agent',
    agent: '',
    message: `${owner.part} speaks as ${escapeText(body.value.agent, 64)}`,
  })
  return problem(403, 'RECEIVE_FOREIGN_AGENT', 'the key belongs to other writers')
}

/** Takes the text of a signed heartbeat: signature, writer, age, nonce, boot counter, heads. */
export async function acceptHeartbeat(
  core: ReceiverCore,
  text: string,
  request: IncomingMessage,
): Promise<Answer> {
  const signed = authenticate(core, text)
  if ('status' in signed) return signed
  const foreign =
    checkHost(core, signed.owner, request) ?? checkLease(core.agents.get(signed.body.agent), request)
  if (foreign !== undefined) return foreign
  const { owner, body } = signed
  const agent = core.agents.getOrCreate(body.agent, owner.agentPrefix)
  if (agent === undefined) return problem(403, 'RECEIVE_TOO_MANY_AGENTS', 'the key names too many writers')
  const refused = checkAge(core, body) ?? checkNonce(core, agent, body) ?? checkBoot(core, agent, body)
  if (refused !== undefined) return refused
  useNonce(agent, body.nonce)
  const nonce = newNonce(agent)
  agent.lastHeartbeatAt = core.clock.now()
  checkHeads(core, agent, body)
  settleGaps(core, agent)
  await rememberBoot(core, agent, body)
  core.onHeartbeat({ part: owner.part, body, receivedAt: agent.lastHeartbeatAt })
  const checkpoint = core.checkpoint()
  return { status: 200, body: checkpoint === '' ? { nonce } : { nonce, checkpoint } }
}
