import type { LayerName } from '@sevenfold/event'
import type { AttackClass } from './attack.ts'

/** The layer that adds to the depth of a class next, and by what. */
export interface Closer {
  readonly layer: LayerName
  /** What it will do, in a few words. */
  readonly by: string
}

/** Where each class gets its next layer from, when an attack of it rests on one or none. */
export const closers: Readonly<Record<AttackClass, Closer>> = {
  'sql-injection': { layer: 'network', by: 'databases that only the application can reach' },
  'nosql-injection': { layer: 'runtime', by: 'operators in query objects' },
  'command-injection': { layer: 'immutable', by: 'an image without a shell' },
  'template-injection': { layer: 'immutable', by: 'an image without a shell' },
  deserialisation: { layer: 'patch', by: 'libraries that are known to deserialise' },
  'prototype-pollution': { layer: 'patch', by: 'libraries with known flaws' },
  'path-traversal': { layer: 'immutable', by: 'a read-only file system' },
  ssrf: { layer: 'network', by: 'names and addresses that may be asked for' },
  xxe: { layer: 'network', by: 'names and addresses that may be asked for' },
  xss: { layer: 'runtime', by: 'what was stored and comes back into a page' },
  'open-redirect': { layer: 'detection', by: 'redirects of one source to many hosts' },
  'file-upload': { layer: 'immutable', by: 'folders from which nothing is served or run' },
  'broken-authentication': { layer: 'identity', by: 'sessions bound to who opened them' },
  'broken-access-control': { layer: 'identity', by: 'who may call what' },
  'header-spoofing': { layer: 'identity', by: 'callers that prove who they are' },
  'brute-force': { layer: 'runtime', by: 'a limit for each user' },
  redos: { layer: 'runtime', by: 'patterns on what visitors send' },
  'slow-client': { layer: 'network', by: 'connections for each source' },
  smuggling: { layer: 'identity', by: 'one strict proxy on every way' },
  flood: { layer: 'network', by: 'connections for each source' },
  exfiltration: { layer: 'network', by: 'the size of answers from the database' },
  'edge-bypass': { layer: 'network', by: 'ports that only the edge can reach' },
  backbone: { layer: 'immutable', by: 'copies that nobody here can rewrite' },
  probing: { layer: 'edge', by: 'honeypot paths' },
  scraping: { layer: 'edge', by: 'budgets of a route' },
  'bad-bot': { layer: 'edge', by: 'names that prove themselves by their address' },
}
