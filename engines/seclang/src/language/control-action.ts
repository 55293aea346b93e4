import { nearestName } from './nearest-name.ts'
import { parseIdRanges, parseNumber } from './number-argument.ts'
import type { Control, EngineMode } from './rule-actions.ts'
import { FaultSignal } from './seclang-error.ts'
import { parseVariableList } from './variable-list.ts'
import type { VariableTarget } from './variable-list.ts'

type ControlReader = (value: string, offset: number) => Control

/** Largest body limit that a rule may set. */
const maxBodyLimit = 1_073_741_824

const bodyProcessors = {
  urlencoded: 'URLENCODED',
  multipart: 'MULTIPART',
  xml: 'XML',
  json: 'JSON',
  graphql: 'GRAPHQL',
  raw: 'RAW',
} as const

/** Every `ctl:` option by lower-case name. */
export const controlTable: Readonly<Record<string, ControlReader>> = {
  auditengine: (value, offset) => ({
    kind: 'audit-engine',
    mode: oneOf(value, { on: 'on', off: 'off', relevantonly: 'relevant-only' }, offset),
  }),
  auditlogparts: (value) => ({ kind: 'audit-log-parts', change: value }),
  debugloglevel: () => ({ kind: 'debug-log-level' }),
  forcerequestbodyvariable: (value, offset) => ({
    kind: 'force-request-body-variable',
    on: parseSwitch(value, offset),
  }),
  requestbodyaccess: (value, offset) => ({ kind: 'request-body-access', on: parseSwitch(value, offset) }),
  requestbodylimit: (value, offset) => ({
    kind: 'request-body-limit',
    bytes: parseNumber(value, { min: 0, max: maxBodyLimit, offset }),
  }),
  requestbodyprocessor: (value, offset) => ({
    kind: 'request-body-processor',
    processor: oneOf(value, bodyProcessors, offset),
  }),
  responsebodyaccess: (value, offset) => ({ kind: 'response-body-access', on: parseSwitch(value, offset) }),
  responsebodylimit: (value, offset) => ({
    kind: 'response-body-limit',
    bytes: parseNumber(value, { min: 0, max: maxBodyLimit, offset }),
  }),
  ruleengine: (value, offset) => ({ kind: 'rule-engine', mode: parseEngineMode(value, offset) }),
  ruleremovebyid: (value, offset) => ({ kind: 'remove-by-id', ranges: parseIdRanges(value, offset) }),
  ruleremovebymsg: (value) => ({ kind: 'remove-by-msg', pattern: value }),
  ruleremovebytag: (value) => ({ kind: 'remove-by-tag', pattern: value }),
  ruleremovetargetbyid: (value, offset) => {
    const [ids, target] = splitTarget(value, offset)
    return { kind: 'remove-target-by-id', ranges: parseIdRanges(ids, offset), target }
  },
  ruleremovetargetbymsg: (value, offset) => {
    const [pattern, target] = splitTarget(value, offset)
    return { kind: 'remove-target-by-msg', pattern, target }
  },
  ruleremovetargetbytag: (value, offset) => {
    const [pattern, target] = splitTarget(value, offset)
    return { kind: 'remove-target-by-tag', pattern, target }
  },
}

/** Reads the value of a `ctl:` action. */
export function parseControl(text: string, offset: number): Control {
  const split = text.indexOf('=')
  const name = (split < 0 ? text : text.slice(0, split)).trim()
  const lower = name.toLowerCase()
  const reader = Object.hasOwn(controlTable, lower) ? controlTable[lower] : undefined
  if (reader === undefined) {
    throw new FaultSignal('WAF_RULE_UNKNOWN_ACTION', 'unknown ctl option', {
      offset,
      token: name,
      nearest: nearestName(name, Object.keys(controlTable)),
    })
  }
  return reader(split < 0 ? '' : text.slice(split + 1).trim(), offset)
}

/** Reads `On`, `Off`, `DetectionOnly`. */
export function parseEngineMode(value: string, offset: number): EngineMode {
  return oneOf(value, { on: 'on', off: 'off', detectiononly: 'detection-only' }, offset)
}

/** Reads `On` or `Off`. */
export function parseSwitch(value: string, offset: number): boolean {
  return oneOf(value, { on: true, off: false }, offset)
}

/** The meaning of a word out of a fixed set, case ignored; throws FaultSignal for any other word. */
export function oneOf<T>(value: string, meanings: Readonly<Record<string, T>>, offset: number): T {
  const lower = value.toLowerCase()
  const found = Object.hasOwn(meanings, lower) ? meanings[lower] : undefined
  if (found !== undefined) return found
  const names = Object.keys(meanings)
  throw new FaultSignal('WAF_RULE_ARGUMENT', `expected one of ${names.join(', ')}`, {
    offset,
    token: value,
    nearest: nearestName(value, names),
  })
}

function splitTarget(value: string, offset: number): [string, VariableTarget] {
  const split = value.indexOf(';')
  const [target] = split < 0 ? [] : parseVariableList(value.slice(split + 1), offset)
  if (target !== undefined) return [value.slice(0, split).trim(), target]
  throw new FaultSignal('WAF_RULE_ARGUMENT', 'expected selection;target', { offset, token: value })
}
