import type { IncomingMessage } from 'node:http'
import { hostOf } from '../host/host-of.ts'
import type { RegisteredAgent } from '../keys/registry.ts'
import { problem } from './answer.ts'
import type { Answer } from './answer.ts'
import type { ReceiverCore } from './receiver-core.ts'

/**
 * Undefined when the owner of the key sits where the connection comes from: a host sends only what it signed itself, and
 * what another host signed counts nowhere but on that host's own connection.
 */
export function checkHost(
  core: ReceiverCore,
  owner: RegisteredAgent,
  request: IncomingMessage,
): Answer | undefined {
  const peer = hostOf(request)
  if (peer?.host === owner.host && (peer === undefined || peer.layer === owner.part)) return undefined
  const from = peer === undefined ? 'this host' : `${peer.layer} of ${peer.host}`
  const of = owner.host === undefined ? owner.part : `${owner.part} of ${owner.host}`
  core.report({ kind: 'foreign-host', agent: '', message: `${from} sends what the key of ${of} signed` })
  return problem(403, 'RECEIVE_FOREIGN_HOST', 'the key belongs to another host')
}
