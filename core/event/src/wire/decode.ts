import { isJsonObject } from '../json/bounded.ts'
import type { Decoded, JsonLimits, JsonObject } from '../json/bounded.ts'
import type { EventDraft } from '../event/event.ts'
import { batchHeaderNames, batchLimits } from './batch.ts'
import type { BatchHeaders } from './batch.ts'
import { controlOps, maxControlLineBytes } from './control.ts'
import type { ControlRequest } from './control.ts'
import type { Decision, DecisionDelta, DecisionScope } from './decision.ts'
import {
  FieldError,
  arrayField,
  choiceField,
  decodeObject,
  integerField,
  numbersField,
  objectField,
  optionalString,
  stringField,
} from './fields.ts'
import type { CanaryResult, Expiries, HeartbeatBody, LaneHead, Mode, SignedHeartbeat } from './heartbeat.ts'
import { maxSensorLineBytes } from './sensor.ts'
import type { SensorMessage, Unprotected } from './sensor.ts'

const modes = ['off', 'monitor', 'enforce'] as const
const scopes: readonly DecisionScope[] = ['ip', 'range', 'country', 'as', 'username', 'session']
const small: JsonLimits = { maxTextLength: 65_536, maxDepth: 8, maxNodes: 4_000, maxStringLength: 16_384 }
const controlLimits: JsonLimits = { ...small, maxTextLength: maxControlLineBytes }
const sensorLimits: JsonLimits = {
  ...small,
  maxTextLength: maxSensorLineBytes,
  maxDepth: 14,
  maxStringLength: 60_000,
}
const deltaLimits: JsonLimits = {
  maxTextLength: 256 * 1024 * 1024,
  maxDepth: 6,
  maxNodes: 12_000_000,
  maxStringLength: 1024,
}

/** Most decisions in one delta or snapshot. */
export const maxDecisionsPerDelta = 1_000_000

function instant(object: JsonObject, key: string): string {
  const value = stringField(object, key, 40)
  if (Number.isNaN(Date.parse(value))) throw new FieldError(key, `${key} must be an ISO 8601 time`)
  return value
}

/** Builds an object without members that are undefined. */
function compact<T extends object>(object: T): T {
  for (const key of Object.keys(object) as (keyof T)[]) if (object[key] === undefined) delete object[key]
  return object
}

/** Reads one decision; throws `FieldError`. */
function readDecision(object: JsonObject): Decision {
  const scope = stringField(object, 'scope', 32).toLowerCase()
  const known = scopes.find((candidate) => candidate === scope)
  if (known === undefined) throw new FieldError('scope', `scope must be one of ${scopes.join(', ')}`)
  const decision = {
    id: integerField(object, 'id'),
    type: stringField(object, 'type', 32),
    scope: known,
    value: stringField(object, 'value', 256),
    duration: stringField(object, 'duration', 64),
    until: instant(object, 'until'),
    origin: stringField(object, 'origin', 64),
    scenario: stringField(object, 'scenario', 256),
    uuid: optionalString(object, 'uuid', 64),
    simulated: typeof object['simulated'] === 'boolean' ? object['simulated'] : undefined,
  }
  return compact(decision) as Decision
}

/** Decodes one decision document. */
export function decodeDecision(text: string): Decoded<Decision> {
  return decodeObject(text, small, readDecision)
}

function readDelta(object: JsonObject): DecisionDelta {
  const add = arrayField(object, 'add', maxDecisionsPerDelta).map((item, index) => {
    if (!isJsonObject(item)) throw new FieldError(`add.${index}`, 'must be an object')
    return readDecision(item)
  })
  const remove = arrayField(object, 'remove', maxDecisionsPerDelta).map((item, index) => {
    if (typeof item !== 'number' || !Number.isSafeInteger(item))
      throw new FieldError(`remove.${index}`, 'must be a decision id')
    return item
  })
  return { version: integerField(object, 'version'), add, remove }
}

/** Decodes the data of one `snapshot` or `delta` of the live decision stream. */
export function decodeDecisionDelta(text: string): Decoded<DecisionDelta> {
  return decodeObject(text, deltaLimits, readDelta)
}

/** Decodes one line of the control socket. */
export function decodeControlRequest(line: string): Decoded<ControlRequest> {
  return decodeObject(
    line,
    controlLimits,
    (object) =>
      compact({
        id: stringField(object, 'id', 64),
        op: choiceField(object, 'op', controlOps),
        actor: stringField(object, 'actor', 128),
        site: optionalString(object, 'site', 253),
        mode: object['mode'] === undefined ? undefined : choiceField(object, 'mode', modes),
        reason: optionalString(object, 'reason', 500),
      }) as ControlRequest,
  )
}

const hexHash = /^[0-9a-f]{64}$/

function laneHead(object: JsonObject, key: string): LaneHead {
  const lane = objectField(object, key)
  const hash = stringField(lane, 'hash', 64)
  if (!hexHash.test(hash)) throw new FieldError(`lanes.${key}.hash`, 'must be 64 hex digits')
  return { sequence: integerField(lane, 'sequence'), hash }
}

function canaryOf(object: JsonObject): CanaryResult | undefined {
  if (object['canary'] === undefined) return undefined
  const canary = objectField(object, 'canary')
  if (typeof canary['ok'] !== 'boolean') throw new FieldError('canary.ok', 'canary.ok must be true or false')
  return compact({
    ok: canary['ok'],
    time: instant(canary, 'time'),
    attack: optionalString(canary, 'attack', 128),
  }) as CanaryResult
}

function expiriesOf(object: JsonObject): Expiries {
  const expiry = objectField(object, 'expiry')
  const read = (key: string): string | undefined =>
    expiry[key] === undefined ? undefined : instant(expiry, key)
  return compact({
    certificates: read('certificates'),
    keys: read('keys'),
    feeds: read('feeds'),
    rules: read('rules'),
  }) as Expiries
}

function sitesOf(object: JsonObject): Readonly<Record<string, Mode>> | undefined {
  if (object['sites'] === undefined) return undefined
  const sites = objectField(object, 'sites')
  return Object.fromEntries(Object.keys(sites).map((site) => [site, choiceField(sites, site, modes)]))
}

function readHeartbeat(object: JsonObject): HeartbeatBody {
  if (object['v'] !== 1) throw new FieldError('v', 'the version is not understood')
  const lanes = objectField(object, 'lanes')
  return compact({
    v: 1 as const,
    agent: stringField(object, 'agent', 128),
    epoch: stringField(object, 'epoch', 128),
    boot: integerField(object, 'boot'),
    time: instant(object, 'time'),
    nonce: stringField(object, 'nonce', 128),
    mode: choiceField(object, 'mode', modes),
    sites: sitesOf(object),
    lanes: { high: laneHead(lanes, 'high'), low: laneHead(lanes, 'low') },
    counters: numbersField(object, 'counters'),
    config: stringField(object, 'config', 64),
    checkpoint: optionalString(object, 'checkpoint', 8192),
    expiry: expiriesOf(object),
    canary: canaryOf(object),
  }) as HeartbeatBody
}

/** Decodes the body text of a signed heartbeat. Signature, age and nonce are the receiver's to check. */
export function decodeHeartbeat(body: string): Decoded<HeartbeatBody> {
  return decodeObject(body, small, readHeartbeat)
}

/** Decodes the envelope of a signed heartbeat. */
export function decodeSignedHeartbeat(text: string): Decoded<SignedHeartbeat> {
  return decodeObject(text, { ...small, maxTextLength: 131_072, maxStringLength: 65_536 }, (object) => ({
    body: stringField(object, 'body', 65_536),
    key: stringField(object, 'key', 16),
    signature: stringField(object, 'signature', 88),
  }))
}

function readUnprotected(item: unknown): Unprotected {
  if (!isJsonObject(item)) throw new FieldError('unprotected', 'must list objects')
  return compact({
    package: stringField(item, 'package'),
    version: optionalString(item, 'version', 64),
    why: stringField(item, 'why', 500),
  }) as Unprotected
}

function readSensor(object: JsonObject): SensorMessage {
  switch (choiceField(object, 'type', ['hello', 'event', 'beat', 'bye'] as const)) {
    case 'hello':
      if (object['v'] !== 1) throw new FieldError('v', 'the version is not understood')
      return {
        type: 'hello',
        v: 1,
        token: stringField(object, 'token', 256),
        service: stringField(object, 'service', 128),
        pid: integerField(object, 'pid'),
        node: stringField(object, 'node', 64),
        unprotected: arrayField(object, 'unprotected', 1000).map(readUnprotected),
      }
    case 'event':
      // The forwarder checks the event when it seals it; here only the frame is decided.
      return {
        type: 'event',
        n: integerField(object, 'n'),
        event: objectField(object, 'event') as unknown as EventDraft,
      }
    case 'beat':
      return compact({
        type: 'beat' as const,
        n: integerField(object, 'n'),
        counters: numbersField(object, 'counters'),
        canary: canaryOf(object),
      }) as SensorMessage
    case 'bye':
      return { type: 'bye', code: integerField(object, 'code') }
  }
}

/** Decodes one line from a sensor. */
export function decodeSensorMessage(line: string): Decoded<SensorMessage> {
  return decodeObject(line, sensorLimits, readSensor)
}

/** Header values as HTTP libraries give them. */
export type HeaderValues = Readonly<Record<string, string | readonly string[] | undefined>>

function headerText(headers: HeaderValues, name: string, pattern: RegExp): string {
  const value = headers[name]
  if (typeof value !== 'string' || !pattern.test(value))
    throw new FieldError(name, `header ${name} is missing or malformed`)
  return value
}

function readBatchHeaders(headers: HeaderValues): BatchHeaders {
  const blocks = headerText(headers, batchHeaderNames.blocks, /^\d{1,6}(?:,\d{1,6})*$/)
    .split(',')
    .map(Number)
  const lines = blocks.reduce((sum, count) => sum + count, 0)
  if (blocks.length > batchLimits.maxBlocks)
    throw new FieldError(batchHeaderNames.blocks, `more than ${batchLimits.maxBlocks} blocks`)
  if (lines > batchLimits.maxLines)
    throw new FieldError(batchHeaderNames.blocks, `more than ${batchLimits.maxLines} lines`)
  if (blocks.includes(0)) throw new FieldError(batchHeaderNames.blocks, 'a block has at least one line')
  return {
    agent: headerText(headers, batchHeaderNames.agent, /^[a-z][a-z0-9./_-]{0,127}$/),
    epoch: headerText(headers, batchHeaderNames.epoch, /^[0-9a-zA-Z-]{1,128}$/),
    lane: headerText(headers, batchHeaderNames.lane, /^(?:high|low)$/) === 'high' ? 'high' : 'low',
    first: Number(headerText(headers, batchHeaderNames.first, /^[1-9]\d{0,14}$/)),
    blocks,
    key: headerText(headers, batchHeaderNames.key, /^[0-9a-f]{16}$/),
    signature: headerText(headers, batchHeaderNames.signature, /^[A-Za-z0-9+/]{86}==$/),
  }
}

/** Decodes the headers of a batch. */
export function decodeBatchHeaders(headers: HeaderValues): Decoded<BatchHeaders> {
  try {
    return { ok: true, value: readBatchHeaders(headers) }
  } catch (error) {
    if (error instanceof FieldError)
      return { ok: false, code: 'EVENT_FIELD_TYPE', path: error.path, message: error.message }
    throw error
  }
}
