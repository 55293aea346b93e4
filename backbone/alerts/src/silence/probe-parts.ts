import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { decodeHeartbeat, decodeSignedHeartbeat, heartbeatContext, isPartName } from '@sevenfold/event'
import type { HeartbeatBody } from '@sevenfold/event'
import { publicKeyFromRaw, verifySignature } from '@sevenfold/layer'
import type { Registry } from '@sevenfold/layer'

/** A part that does not answer within this time is not reached, in milliseconds. */
export const probeTimeoutMs = 3_000
/** Longest answer of a probe, in bytes. */
export const maxProbeAnswerBytes = 131_072

/** Reads the answer of `GET path` on a Unix socket. Rejects when it is late, too long, or not a success. */
export function askProbe(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(
      { socketPath, path, agent: false, timeout: probeTimeoutMs, headers: { host: 'localhost' } },
      (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (chunk: string) => {
          text += chunk
          if (text.length > maxProbeAnswerBytes) answer.destroy(new Error('the answer is too long'))
        })
        answer.on('error', reject)
        answer.on('end', () =>
          answer.statusCode === 200 ? resolve(text) : reject(new Error(`status ${answer.statusCode ?? 0}`)),
        )
      },
    )
    // `timeout` only counts while nothing is sent; a peer that drips is cut off too.
    const cut = setTimeout(() => call.destroy(new Error('no answer in time')), probeTimeoutMs)
    call.on('close', () => clearTimeout(cut))
    call.on('timeout', () => call.destroy(new Error('no answer in time')))
    call.on('error', reject)
    call.end()
  })
}

/** Parts of this host that can be asked: those with a probe socket in the data folder. */
export function probeSockets(
  rootDir: string,
): readonly { readonly part: string; readonly socketPath: string }[] {
  return readdirSync(rootDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && isPartName(entry.name))
    .map(({ name }) => ({ part: name, socketPath: join(rootDir, name, 'probe.sock') }))
}

/** The signed heartbeat over our nonce; undefined when it is not the part's own. Rejects when nobody answers. */
export async function probePart(
  socketPath: string,
  part: string,
  registry: Registry,
): Promise<HeartbeatBody | undefined> {
  const nonce = randomBytes(12).toString('hex')
  const envelope = decodeSignedHeartbeat(await askProbe(socketPath, `/health?nonce=${nonce}`))
  if (!envelope.ok) return undefined
  const owner = registry.find(envelope.value.key)
  const body = decodeHeartbeat(envelope.value.body)
  if (!body.ok || owner?.part !== part || body.value.nonce !== nonce) return undefined
  const text = `${heartbeatContext}\n${envelope.value.body}`
  const isSigned = verifySignature(publicKeyFromRaw(owner.publicKey), text, envelope.value.signature)
  return isSigned && body.value.agent.startsWith(owner.agentPrefix) ? body.value : undefined
}

/** Asks every part of this host but ourselves; gives each answer as it comes. Never rejects: who does not answer is missing. */
export async function probeAll(
  rootDir: string,
  registry: Registry,
  onBody: (body: HeartbeatBody) => void,
): Promise<void> {
  const parts = probeSockets(rootDir).filter(({ part }) => part !== 'alerts')
  await Promise.all(
    parts.map(async ({ part, socketPath }) => {
      try {
        const body = await probePart(socketPath, part, registry)
        if (body !== undefined) onBody(body)
      } catch {
        // Not reached: that nothing is heard of it is what counts.
      }
    }),
  )
}
