import { createHash, randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import { hostAgentPrefix } from '../host/host-identity.ts'
import { hostOf } from '../host/host-of.ts'
import { problem } from './answer.ts'
import type { Answer } from './answer.ts'
import type { AgentTrack } from './agents.ts'
import { instanceHeader } from './lease-path.ts'
import type { ReceiverCore } from './receiver-core.ts'

/**
 * Who may speak for a writer of another host. Each renewal hands out a new ticket; the writer keeps it in its data folder,
 * confirms that, and shows it the next time. Until it confirmed, the ticket before counts too, because the answer may have
 * been lost. A copied folder has a ticket that the original has used since, or uses one that the original then has not: of
 * two that use the same folder one is always found out.
 */
export interface Lease {
  /** Enrolment of the host: another one begins anew. */
  readonly enrolment: string
  /** The running process. */
  readonly instance: string
  /** SHA-256 of the ticket that was shown last, hex. */
  readonly shown: string
  /** SHA-256 of the ticket that was handed out last, hex. */
  readonly given: string
}

/** Longest request for a lease, in bytes. */
export const maxLeaseBytes = 1024

const limits = { maxTextLength: maxLeaseBytes, maxDepth: 2, maxNodes: 8, maxStringLength: 128 }
const wordPattern = /^[0-9a-f]{32}$/

function hashOf(ticket: string): string {
  return createHash('sha256').update(ticket).digest('hex')
}

/** The lease after a ticket was shown; undefined when it is of a copy. Without `fresh` the ticket is only confirmed. */
export function nextLease(
  held: Lease | undefined,
  wish: Pick<Lease, 'enrolment' | 'instance'> & { readonly ticket: string; readonly fresh?: string },
): Lease | undefined {
  const { enrolment, instance, ticket, fresh } = wish
  const shown = hashOf(ticket)
  if (fresh === undefined) {
    const isOwn = held?.enrolment === enrolment && held.instance === instance && held.given === shown
    return isOwn ? { enrolment, instance, shown, given: shown } : undefined
  }
  const isKnown = held === undefined || shown === held.given || shown === held.shown
  if (!isKnown && held.enrolment === enrolment) return undefined
  return { enrolment, instance, shown, given: hashOf(fresh) }
}

interface Wish {
  readonly agent: string
  readonly instance: string
  /** Empty at the first time. */
  readonly ticket: string
  /** The ticket is kept: the one before it ends. */
  readonly confirm: boolean
}

function readWish(text: string): Wish | undefined {
  const parsed = parseBoundedJson(text, limits)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const { agent, instance, ticket, confirm } = parsed.value
  if (typeof agent !== 'string' || typeof instance !== 'string' || !wordPattern.test(instance))
    return undefined
  return typeof ticket === 'string' && (ticket === '' || wordPattern.test(ticket))
    ? { agent, instance, ticket, confirm: confirm === true }
    : undefined
}

/** Gives or renews a lease. Durable before the answer: a receiver that forgot tickets would refuse honest hosts. */
export async function takeLease(core: ReceiverCore, request: IncomingMessage, text: string): Promise<Answer> {
  const host = hostOf(request)
  if (host === undefined) return problem(404, 'RECEIVE_NOT_FOUND', 'leases are for other hosts')
  const wish = readWish(text)
  if (wish === undefined) return problem(400, 'RECEIVE_BAD_LEASE', 'no request for a lease')
  const prefix = hostAgentPrefix(host.layer, host.host)
  if (!wish.agent.startsWith(prefix)) {
    core.report({
      kind: 'foreign-host',
      agent: '',
      message: `${host.layer} of ${host.host} asks for ${wish.agent}`,
    })
    return problem(403, 'RECEIVE_FOREIGN_HOST', 'the certificate is of another host')
  }
  const agent = core.agents.getOrCreate(wish.agent, prefix)
  if (agent === undefined) return problem(403, 'RECEIVE_TOO_MANY_AGENTS', 'the key names too many writers')
  const fresh = randomBytes(16).toString('hex')
  const { instance, ticket, confirm } = wish
  const shown = { instance, ticket, enrolment: host.enrolment }
  const lease = nextLease(agent.lease, confirm ? shown : { ...shown, fresh })
  if (lease === undefined) {
    core.report({
      kind: 'cloned',
      agent: agent.id,
      message: `the data folder of ${host.layer} on ${host.host} is used from two places`,
    })
    return problem(403, 'RECEIVE_CLONED', 'this data folder is a copy: another one was used since')
  }
  await core.journal.write([{ t: 'lease', agent: agent.id, ...lease }])
  agent.lease = lease
  return { status: 200, body: confirm ? {} : { ticket: fresh } }
}

/** Undefined when a request of another host comes from the process that holds the lease; requests of this host need none. */
export function checkLease(agent: AgentTrack | undefined, request: IncomingMessage): Answer | undefined {
  if (hostOf(request) === undefined) return undefined
  const instance = request.headers[instanceHeader]
  if (agent?.lease !== undefined && instance === agent.lease.instance) return undefined
  return problem(409, 'RECEIVE_LEASE', 'take the lease of this writer first')
}
