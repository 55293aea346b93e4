import { metaOf } from '@sevenfold/behaviour'
import type { BehaviourEvent, LeakyScenario } from '@sevenfold/behaviour'
import { badUserAgent, knownExploits } from './known-attacks.ts'

const bySource = (event: BehaviourEvent): string => metaOf(event, 'source_ip')
const isAccess = (event: BehaviourEvent): boolean => metaOf(event, 'log_type') === 'http_access-log'

const notThere = new Set(['403', '404', '410'])
const badRequest = new Set(['400', '401', '403', '404', '405', '406', '410', '413', '414', '422', '431'])
// What every page asks for, whether it is there or not.
const innocentPath = /^\/(?:favicon\.ico|robots\.txt|apple-touch-icon[\w.-]*\.png|\.well-known\/[\w./-]*)$/u

/** Many different pages that do not exist or are forbidden: somebody looks for what might be there. */
export const httpProbing: LeakyScenario = {
  name: 'sevenfold/http-probing',
  description: 'one source asks for many different pages that are missing or forbidden',
  filter: (event) =>
    isAccess(event) &&
    notThere.has(metaOf(event, 'http_status')) &&
    !innocentPath.test(metaOf(event, 'http_path')),
  groupBy: bySource,
  distinct: (event) => metaOf(event, 'http_path'),
  capacity: 10,
  leakSpeedMs: 10_000,
  blackholeMs: 60_000,
  scope: 'ip',
  labels: { remediation: true, service: 'http', behavior: 'http:scan', techniques: ['T1595.003'] },
}

/** Many requests that go wrong, also for one and the same page. */
export const httpBadRequests: LeakyScenario = {
  name: 'sevenfold/http-bad-requests',
  description: 'one source sends many requests that are refused',
  filter: (event) =>
    isAccess(event) &&
    badRequest.has(metaOf(event, 'http_status')) &&
    !innocentPath.test(metaOf(event, 'http_path')),
  groupBy: bySource,
  capacity: 20,
  leakSpeedMs: 6_000,
  blackholeMs: 60_000,
  scope: 'ip',
  labels: { remediation: true, service: 'http', behavior: 'http:scan', techniques: ['T1595'] },
}

/** A path or a form field that nobody has a reason to touch: once is enough. */
export const honeypot: LeakyScenario = {
  name: 'sevenfold/honeypot',
  description: 'one source touches a trap',
  filter: (event) => metaOf(event, 'log_type') === 'http_honeypot',
  groupBy: bySource,
  // The smallest bucket holds one; a touch counts twice.
  capacity: 1,
  leakSpeedMs: 10_000,
  blackholeMs: 60_000,
  scope: 'ip',
  labels: { remediation: true, service: 'http', behavior: 'http:scan', techniques: ['T1595'] },
}

/** More requests than any visitor makes, whatever they are answered. The edge slows such a source down; this ends it. */
export const httpFlood: LeakyScenario = {
  name: 'sevenfold/http-flood',
  description: 'one source sends more requests than any visitor makes',
  filter: isAccess,
  groupBy: bySource,
  capacity: 1_000,
  leakSpeedMs: 10,
  blackholeMs: 60_000,
  scope: 'ip',
  labels: { remediation: true, service: 'http', behavior: 'http:dos', techniques: ['T1499.003'] },
}

// Who comes too often, or not as a schema says, is answered by these steps themselves.
const clumsySteps = new Set(['rate', 'schema'])

/** Attacks that the edge recognised: one may be a mistake, several in a short time are not. */
export const wafBlocks: LeakyScenario = {
  name: 'sevenfold/waf-blocks',
  description: 'one source sends several requests that inspection recognises as attacks',
  filter: (event) =>
    metaOf(event, 'log_type') === 'http_block' && !clumsySteps.has(metaOf(event, 'block_step')),
  groupBy: bySource,
  capacity: 9,
  leakSpeedMs: 30_000,
  blackholeMs: 60_000,
  scope: 'ip',
  labels: { remediation: true, service: 'http', behavior: 'http:exploit', techniques: ['T1190'] },
}

/** Guessing passwords from one address. */
export const loginFailures: LeakyScenario = {
  name: 'sevenfold/login-failures',
  description: 'one source fails to log in many times',
  filter: (event) => metaOf(event, 'log_type') === 'auth_failed',
  groupBy: bySource,
  capacity: 5,
  leakSpeedMs: 10_000,
  blackholeMs: 60_000,
  scope: 'ip',
  labels: { remediation: true, service: 'http', behavior: 'http:bruteforce', techniques: ['T1110'] },
}

/** Guessing one user's password from many addresses. Reported, not answered: a ban of the user would help the attacker. */
export const loginFailuresOfUser: LeakyScenario = {
  name: 'sevenfold/login-failures-of-user',
  description: 'logins of one user fail from many sources',
  filter: (event) => metaOf(event, 'log_type') === 'auth_failed',
  groupBy: (event) => metaOf(event, 'target_user'),
  // An agent's word about the address is enough here: nobody is banned by it.
  distinct: (event) => metaOf(event, 'source_ip') || metaOf(event, 'claimed_ip'),
  capacity: 10,
  leakSpeedMs: 30_000,
  blackholeMs: 300_000,
  scope: 'username',
  labels: { remediation: false, service: 'http', behavior: 'http:bruteforce', techniques: ['T1110.004'] },
}

/** The network of an address: a phone that wanders keeps it longer than its address. */
function networkOf(event: BehaviourEvent): string {
  const address = metaOf(event, 'source_ip')
  return address.includes(':')
    ? address.split(':').slice(0, 3).join(':')
    : address.split('.').slice(0, 3).join('.')
}

/** One session in use from many networks at a time: its cookie was stolen, or is handed around. */
export const sessionShared: LeakyScenario = {
  name: 'sevenfold/session-shared',
  description: 'one session is used from many networks within minutes',
  filter: (event) => metaOf(event, 'session') !== '',
  groupBy: (event) => metaOf(event, 'session'),
  distinct: networkOf,
  capacity: 4,
  leakSpeedMs: 60_000,
  blackholeMs: 300_000,
  scope: 'session',
  labels: { remediation: true, service: 'http', behavior: 'http:exploit', techniques: ['T1539'] },
}

/** The scenarios that run until hub scenarios are loaded. */
export const builtInScenarios: readonly LeakyScenario[] = [
  httpProbing,
  httpBadRequests,
  httpFlood,
  honeypot,
  wafBlocks,
  loginFailures,
  loginFailuresOfUser,
  sessionShared,
  badUserAgent,
  knownExploits,
]
