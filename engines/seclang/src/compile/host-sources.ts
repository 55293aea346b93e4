import { emptyPairs } from '../bodies/pairs.ts'
import type { Pairs } from '../bodies/pairs.ts'
import type { Transaction } from '../transaction/transaction.ts'
import type { ListSource, MapSource, ScalarSource, Sources } from './value-source.ts'

type PersistentName = 'GLOBAL' | 'IP' | 'SESSION' | 'USER' | 'RESOURCE'

function scalar(read: ScalarSource['read']): ScalarSource {
  return { kind: 'scalar', read }
}

function list(column: string, pairs: (tx: Transaction) => Pairs, part: 'names' | 'values'): ListSource {
  return {
    kind: 'list',
    lists: [{ column, values: (tx) => pairs(tx)[part], names: (tx) => pairs(tx).names }],
  }
}

function time(format: (date: Date) => string | number): ScalarSource {
  return scalar((tx) => format(new Date(tx.connection.startedAtMs)))
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

/** Variables of the connection, the clock reading of its start, and the response. Times are UTC. */
export const hostSources: Sources = {
  // The engine has no clock: a duration cannot be read, and rules that log it still work.
  DURATION: scalar(() => 0),
  MODSEC_BUILD: scalar(() => '030009'),
  MSC_PCRE_ERROR: scalar(() => 0),
  MSC_PCRE_LIMITS_EXCEEDED: scalar(() => 0),
  OUTBOUND_DATA_ERROR: scalar((tx) => (tx.outboundDataError ? 1 : 0)),
  REMOTE_ADDR: scalar((tx) => tx.connection.clientAddress),
  REMOTE_HOST: scalar((tx) => tx.connection.clientAddress),
  REMOTE_PORT: scalar((tx) => tx.connection.clientPort),
  RESPONSE_BODY: scalar((tx) => tx.responseBodyText),
  RESPONSE_CONTENT_LENGTH: scalar((tx) => tx.responseBodyText.length),
  RESPONSE_CONTENT_TYPE: scalar((tx) => tx.responseContentType),
  RESPONSE_HEADERS: list('response-headers', (tx) => tx.responseHeaders, 'values'),
  RESPONSE_HEADERS_NAMES: list('response-header-names', (tx) => tx.responseHeaders, 'names'),
  RESPONSE_PROTOCOL: scalar((tx) => tx.responseProtocol),
  RESPONSE_STATUS: scalar((tx) => tx.responseStatus),
  SERVER_ADDR: scalar((tx) => tx.connection.serverAddress),
  SERVER_NAME: scalar(serverName),
  SERVER_PORT: scalar((tx) => tx.connection.serverPort),
  STATUS_LINE: scalar((tx) => `${tx.responseProtocol} ${tx.responseStatus}`),
  TIME: time(
    (date) => `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`,
  ),
  TIME_DAY: time((date) => date.getUTCDate()),
  TIME_EPOCH: time((date) => Math.floor(date.getTime() / 1000)),
  TIME_HOUR: time((date) => date.getUTCHours()),
  TIME_MIN: time((date) => date.getUTCMinutes()),
  TIME_MON: time((date) => date.getUTCMonth()),
  TIME_SEC: time((date) => date.getUTCSeconds()),
  TIME_WDAY: time((date) => date.getUTCDay()),
  TIME_YEAR: time((date) => date.getUTCFullYear()),
  UNIQUE_ID: scalar((tx) => tx.connection.requestId),
  WEBAPPID: scalar((tx) => tx.ruleSet.settings.webAppId),
}

/** Variables of the transaction itself. */
export const stateSources: Sources = {
  ENV: {
    kind: 'map',
    get: (tx, name) => (tx.environment ?? tx.surroundings.environment).get(name) ?? lowerNamed(tx, name),
    entries: (tx) => tx.environment ?? tx.surroundings.environment,
  },
  GEO: list('', () => noPairs, 'values'),
  GLOBAL: persistent('GLOBAL'),
  HIGHEST_SEVERITY: scalar((tx) => tx.highestSeverity),
  IP: persistent('IP'),
  MATCHED_VAR: scalar((tx) => tx.matchedVar),
  MATCHED_VARS: list('', (tx) => tx.matchedVars, 'values'),
  MATCHED_VARS_NAMES: list('', (tx) => tx.matchedVars, 'names'),
  MATCHED_VAR_NAME: scalar((tx) => tx.matchedVarName),
  RESOURCE: persistent('RESOURCE'),
  SESSION: persistent('SESSION'),
  SESSIONID: scalar((tx) => tx.sessionId),
  TX: { kind: 'map', get: (tx, name) => tx.tx.get(name), entries: (tx) => tx.tx.entries() },
  USER: persistent('USER'),
  USERID: scalar((tx) => tx.userId),
}

const noPairs: Pairs = emptyPairs()

function serverName(tx: Transaction): string {
  const at = tx.requestHeaders.names.findIndex((name) => name.toLowerCase() === 'host')
  return (tx.requestHeaders.values[at] ?? '').replace(/:\d*$/, '')
}

// Names of environment variables have case; selectors do not.
function lowerNamed(tx: Transaction, name: string): string | undefined {
  for (const [key, value] of tx.environment ?? tx.surroundings.environment) {
    if (key.toLowerCase() === name) return value
  }
  return undefined
}

/** Key under which a persistent collection of the transaction is stored; null until initcol. */
export function collectionKey(tx: Transaction, name: PersistentName): string | null {
  switch (name) {
    case 'GLOBAL':
      return tx.globalKey
    case 'IP':
      return tx.ipKey
    case 'SESSION':
      return tx.sessionId === '' ? null : `${tx.ruleSet.settings.webAppId}\0${tx.sessionId}`
    case 'USER':
      return tx.userId === '' ? null : `${tx.ruleSet.settings.webAppId}\0${tx.userId}`
    case 'RESOURCE':
      return tx.resourceId === '' ? null : `${tx.ruleSet.settings.webAppId}\0${tx.resourceId}`
  }
}

function persistent(collection: PersistentName): MapSource {
  return {
    kind: 'map',
    get: (tx, name) => {
      const key = collectionKey(tx, collection)
      const stored = key === null ? undefined : tx.surroundings.store.get(collection, key, name)
      return stored === undefined || isExpired(tx, stored.expiresAtMs) ? undefined : stored.value
    },
    entries: (tx) => {
      const key = collectionKey(tx, collection)
      if (key === null) return []
      return [...tx.surroundings.store.entries(collection, key)].flatMap(([name, stored]) =>
        isExpired(tx, stored.expiresAtMs) ? [] : [[name, stored.value] as const],
      )
    },
  }
}

function isExpired(tx: Transaction, expiresAtMs: number | null): boolean {
  return expiresAtMs !== null && expiresAtMs <= tx.connection.startedAtMs
}
