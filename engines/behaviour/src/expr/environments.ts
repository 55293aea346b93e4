import {
  addressesOf,
  eventTypeName,
  firstRuleText,
  metaOfAlertEvent,
  metaOfRecord,
  ruleIdsOf,
  setMeta,
  setParsed,
  sourceKeys,
} from './record-methods.ts'
import { anyType, arrayOf, boolType, floatType, intType, mapOf, stringType, timeType } from './type.ts'

import type { AlertRecord, AppsecRecord, SourceRecord } from '../record.ts'
import type { Environment } from './function-spec.ts'
import type { ExprType, MethodType, StructType } from './type.ts'

const reads = (
  result: ExprType,
  call: MethodType['call'],
  parameters: readonly ExprType[] = [],
): MethodType => ({
  parameters,
  result,
  pure: true,
  call,
})
const writes = (result: ExprType, call: MethodType['call'], parameters: readonly ExprType[]): MethodType => ({
  parameters,
  result,
  pure: false,
  call,
})
const texts = mapOf(stringType)

const metaItem: StructType = {
  kind: 'struct',
  name: 'MetaItem',
  fields: { Key: stringType, Value: stringType },
  methods: {},
}

/** `models.Event`: what an alert keeps of an event. */
export const alertEventType: StructType = {
  kind: 'struct',
  name: 'AlertEvent',
  fields: { Timestamp: stringType, Meta: arrayOf(metaItem) },
  methods: { GetMeta: reads(stringType, metaOfAlertEvent, [stringType]) },
}

/** `models.Source`. */
export const sourceType: StructType = {
  kind: 'struct',
  name: 'Source',
  fields: {
    Scope: stringType,
    Value: stringType,
    IP: stringType,
    Range: stringType,
    AsName: stringType,
    AsNumber: stringType,
    Cn: stringType,
    Latitude: floatType,
    Longitude: floatType,
  },
  methods: {
    GetValue: reads(stringType, (source: SourceRecord) => source.Value),
    GetScope: reads(stringType, (source: SourceRecord) => source.Scope),
    GetAsNumberName: reads(stringType, (source: SourceRecord) =>
      [source.AsNumber === '0' ? '' : source.AsNumber, source.AsName].filter((part) => part !== '').join(' '),
    ),
  },
}

/** `models.Alert`: the `Alert` of profiles. */
export const alertType: StructType = {
  kind: 'struct',
  name: 'Alert',
  fields: {
    Scenario: stringType,
    ScenarioHash: stringType,
    ScenarioVersion: stringType,
    Message: stringType,
    EventsCount: intType,
    StartAt: stringType,
    StopAt: stringType,
    Capacity: intType,
    Leakspeed: stringType,
    Simulated: boolType,
    Remediation: boolType,
    Source: sourceType,
    Events: arrayOf(alertEventType),
    Labels: arrayOf(stringType),
    Meta: arrayOf(metaItem),
    Kind: stringType,
    UUID: stringType,
    CreatedAt: stringType,
    MachineID: stringType,
  },
  methods: {
    GetScenario: reads(stringType, (alert: AlertRecord) => alert.Scenario),
    GetEventsCount: reads(intType, (alert: AlertRecord) => alert.EventsCount),
    GetScope: reads(stringType, (alert: AlertRecord) => alert.Source.Scope),
    GetValue: reads(stringType, (alert: AlertRecord) => alert.Source.Value),
    HasRemediation: reads(boolType, (alert: AlertRecord) => alert.Remediation),
  },
}

/** `types.RuntimeAlert`: `evt.Overflow`, and the `signal` of overflow filters. */
export const overflowType: StructType = {
  kind: 'struct',
  name: 'RuntimeAlert',
  fields: {
    Mapkey: stringType,
    BucketId: stringType,
    Whitelisted: boolType,
    Reprocess: boolType,
    Sources: mapOf(sourceType),
    Alert: alertType,
    APIAlerts: arrayOf(alertType),
  },
  methods: { GetSources: reads(arrayOf(stringType), sourceKeys) },
}

const lineType: StructType = {
  kind: 'struct',
  name: 'Line',
  fields: {
    Raw: stringType,
    Src: stringType,
    Time: timeType,
    Labels: texts,
    Process: boolType,
    Module: stringType,
  },
  methods: {},
}

const appsecType: StructType = {
  kind: 'struct',
  name: 'AppsecEvent',
  fields: {
    HasInBandMatches: boolType,
    HasOutBandMatches: boolType,
    MatchedRules: arrayOf(anyType),
    Vars: texts,
  },
  methods: {
    GetName: reads(stringType, (appsec: AppsecRecord) => firstRuleText(appsec, 'name')),
    GetHash: reads(stringType, (appsec: AppsecRecord) => firstRuleText(appsec, 'hash')),
    GetVersion: reads(stringType, (appsec: AppsecRecord) => firstRuleText(appsec, 'version')),
    GetURI: reads(stringType, (appsec: AppsecRecord) => firstRuleText(appsec, 'uri')),
    GetMethod: reads(stringType, (appsec: AppsecRecord) => firstRuleText(appsec, 'method')),
    GetRuleIDs: reads(arrayOf(intType), ruleIdsOf),
    GetVar: reads(stringType, (appsec: AppsecRecord, name: string) => appsec.Vars.get(name) ?? '', [
      stringType,
    ]),
  },
}

/** `types.Event`: `evt`. */
export const eventType: StructType = {
  kind: 'struct',
  name: 'Event',
  fields: {
    Type: intType,
    ExpectMode: intType,
    Whitelisted: boolType,
    WhitelistReason: stringType,
    Stage: stringType,
    Line: lineType,
    Parsed: texts,
    Enriched: texts,
    Unmarshaled: mapOf(anyType),
    Overflow: overflowType,
    Time: timeType,
    StrTime: stringType,
    StrTimeFormat: stringType,
    MarshaledTime: stringType,
    Process: boolType,
    Appsec: appsecType,
    Meta: texts,
  },
  methods: {
    GetType: reads(stringType, eventTypeName),
    GetMeta: reads(stringType, metaOfRecord, [stringType]),
    SetMeta: writes(boolType, setMeta, [stringType, stringType]),
    SetParsed: writes(boolType, setParsed, [stringType, stringType]),
    ParseIPSources: reads(arrayOf(stringType), addressesOf),
  },
}

const queueType: StructType = {
  kind: 'struct',
  name: 'Queue',
  fields: { Queue: arrayOf(eventType), L: intType },
  methods: {},
}

/** The bucket as its conditions see it. */
const leakyType: StructType = {
  kind: 'struct',
  name: 'Leaky',
  fields: {
    Name: stringType,
    Mapkey: stringType,
    Capacity: intType,
    CacheSize: intType,
    Total_count: intType,
    First_ts: timeType,
    Last_ts: timeType,
    Ovflw_ts: timeType,
    Duration: { kind: 'duration' },
    Leakspeed: { kind: 'duration' },
    Uuid: stringType,
  },
  methods: {},
}

/** Parsers, scenario filters, groupby, distinct, scope, whitelists: `evt`. */
export const eventEnvironment: Environment = { variables: { evt: eventType } }
/** Conditions, cancel_on and bayesian conditions: `evt`, `queue`, `leaky`. */
export const bucketEnvironment: Environment = {
  variables: { evt: eventType, queue: queueType, leaky: leakyType },
}
/** Overflow filters: `queue`, `signal`, `leaky`. */
export const overflowEnvironment: Environment = {
  variables: { queue: queueType, signal: overflowType, leaky: leakyType },
}
/** Profiles: `Alert`. */
export const profileEnvironment: Environment = { variables: { Alert: alertType } }
/** Contexts: `evt`, `match` (a matched AppSec rule, or nil), `req` (an HTTP request, or nil). */
export const contextEnvironment: Environment = {
  variables: { evt: eventType, match: anyType, req: requestType() },
}

/** The parts of Go's http.Request that contexts name. */
function requestType(): StructType {
  return {
    kind: 'struct',
    name: 'Request',
    fields: {
      Method: stringType,
      Host: stringType,
      RemoteAddr: stringType,
      Proto: stringType,
      URL: {
        kind: 'struct',
        name: 'URL',
        fields: { Path: stringType, RawQuery: stringType },
        methods: {
          String: reads(stringType, (url: { Path: string; RawQuery: string }) =>
            url.RawQuery === '' ? url.Path : `${url.Path}?${url.RawQuery}`,
          ),
        },
      },
      Header: mapOf(arrayOf(stringType)),
    },
    methods: {
      UserAgent: reads(
        stringType,
        (request: { Header: ReadonlyMap<string, readonly string[]> }) =>
          request.Header.get('User-Agent')?.[0] ?? '',
      ),
    },
  }
}
