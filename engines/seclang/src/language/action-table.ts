import { parseControl } from './control-action.ts'
import { parseMacro } from './macro.ts'
import { maxRuleId, parseNumber } from './number-argument.ts'
import type { RuleActions } from './rule-actions.ts'
import type { ActionWord } from './action-words.ts'
import { FaultSignal } from './seclang-error.ts'
import {
  parseExpireVariable,
  parseInitCollection,
  parseSetVariable,
  splitAssignment,
} from './set-variable.ts'

/** Reads one action into the actions of its rule. */
export type ActionReader = (actions: RuleActions, value: string, word: ActionWord) => void

interface ActionEntry {
  readonly value: 'none' | 'required' | 'optional'
  readonly read: ActionReader
}

const phases: Readonly<Record<string, number>> = { request: 2, response: 4, logging: 5 }
const severities = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'info', 'debug']

function required(read: ActionReader): ActionEntry {
  return { value: 'required', read }
}

function plain(read: (actions: RuleActions) => void): ActionEntry {
  return { value: 'none', read }
}

function ignored(value: ActionEntry['value']): ActionEntry {
  return { value, read: (actions, _value, word) => actions.ignored.push(word.name) }
}

function refused(reason: string): ActionEntry {
  return {
    value: 'optional',
    read: (_actions, _value, word) => {
      throw new FaultSignal('WAF_RULE_UNSUPPORTED', `action is not supported: ${reason}`, {
        offset: word.offset,
        token: word.written,
      })
    },
  }
}

/** Every action by lower-case name. */
export const actionTable: Readonly<Record<string, ActionEntry>> = {
  accuracy: required((actions, value) => (actions.accuracy = value)),
  allow: { value: 'optional', read: readAllow },
  append: ignored('required'),
  auditlog: plain((actions) => (actions.auditLog = true)),
  // An action that is named beside it says more than block.
  block: plain((actions) => (actions.disruptive ??= { kind: 'block' })),
  capture: plain((actions) => (actions.capture = true)),
  chain: plain((actions) => (actions.chain = true)),
  ctl: required((actions, value, word) => actions.controls.push(parseControl(value, word.offset))),
  deny: plain((actions) => (actions.disruptive = { kind: 'deny' })),
  deprecatevar: ignored('required'),
  drop: plain((actions) => (actions.disruptive = { kind: 'drop' })),
  exec: refused('scripts are never run'),
  expirevar: required((actions, value, word) =>
    actions.expireVariables.push(parseExpireVariable(value, word.offset)),
  ),
  id: required(readId),
  initcol: required((actions, value, word) =>
    actions.initCollections.push(parseInitCollection(value, word.offset)),
  ),
  log: plain((actions) => (actions.log = true)),
  logdata: required((actions, value, word) => (actions.logData = parseMacro(value, word.offset))),
  maturity: required((actions, value) => (actions.maturity = value)),
  msg: required((actions, value, word) => (actions.msg = parseMacro(value, word.offset))),
  multimatch: plain((actions) => (actions.multiMatch = true)),
  noauditlog: plain((actions) => (actions.auditLog = false)),
  nolog: plain(readNoLog),
  pass: plain((actions) => (actions.disruptive = { kind: 'pass' })),
  pause: ignored('required'),
  phase: required(readPhase),
  prepend: ignored('required'),
  proxy: refused('use redirect, or route in the edge'),
  redirect: required((actions, value, word) => {
    actions.disruptive = { kind: 'redirect', location: parseMacro(value, word.offset) }
  }),
  rev: required((actions, value) => (actions.rev = value)),
  sanitisearg: ignored('required'),
  sanitisematched: ignored('optional'),
  sanitisematchedbytes: ignored('optional'),
  sanitiserequestheader: ignored('required'),
  sanitiseresponseheader: ignored('required'),
  setenv: required(readEnvironment),
  setrsc: required((actions, value, word) =>
    actions.initCollections.push({ collection: 'RESOURCE', key: parseMacro(value, word.offset) }),
  ),
  setsid: required((actions, value, word) =>
    actions.initCollections.push({ collection: 'SESSION', key: parseMacro(value, word.offset) }),
  ),
  setuid: required((actions, value, word) =>
    actions.initCollections.push({ collection: 'USER', key: parseMacro(value, word.offset) }),
  ),
  setvar: required((actions, value, word) => actions.setVariables.push(parseSetVariable(value, word.offset))),
  severity: required(readSeverity),
  skip: required((actions, value, word) => {
    actions.skip = parseNumber(value, { min: 1, max: 100_000, offset: word.offset })
  }),
  skipafter: required((actions, value) => (actions.skipAfter = value)),
  status: required((actions, value, word) => {
    actions.status = parseNumber(value, { min: 100, max: 599, offset: word.offset })
  }),
  t: required(readTransformation),
  tag: required((actions, value, word) => actions.tags.push(parseMacro(value, word.offset))),
  ver: required((actions, value) => (actions.ver = value)),
  xmlns: required(readNamespace),
}

function readAllow(actions: RuleActions, value: string, word: ActionWord): void {
  const scope = value === '' ? 'all' : value.toLowerCase()
  if (scope !== 'all' && scope !== 'phase' && scope !== 'request') {
    throw new FaultSignal('WAF_RULE_ARGUMENT', 'expected allow, allow:phase or allow:request', {
      offset: word.offset,
      token: value,
    })
  }
  actions.disruptive = { kind: 'allow', scope }
}

function readNoLog(actions: RuleActions): void {
  actions.log = false
  actions.auditLog ??= false
}

function readId(actions: RuleActions, value: string, word: ActionWord): void {
  actions.id = parseNumber(value, { min: 1, max: maxRuleId, offset: word.offset })
}

function readPhase(actions: RuleActions, value: string, word: ActionWord): void {
  const named = phases[value.toLowerCase()]
  actions.phase = named ?? parseNumber(value, { min: 1, max: 5, offset: word.offset })
}

function readSeverity(actions: RuleActions, value: string, word: ActionWord): void {
  const named = severities.indexOf(value.toLowerCase())
  actions.severity = named >= 0 ? named : parseNumber(value, { min: 0, max: 255, offset: word.offset })
}

function readTransformation(actions: RuleActions, value: string): void {
  if (value.toLowerCase() !== 'none') {
    actions.transformations.push(value)
    return
  }
  actions.transformations = []
  actions.clearsTransformations = true
}

function readEnvironment(actions: RuleActions, value: string, word: ActionWord): void {
  const [name, text] = splitAssignment(value, word.offset)
  actions.setEnvironment.push({ name, value: parseMacro(text, word.offset) })
}

function readNamespace(actions: RuleActions, value: string, word: ActionWord): void {
  const [prefix, quoted] = splitAssignment(value, word.offset)
  const uri = quoted.replaceAll("'", '')
  if (!/^https?:\/\//.test(uri) && !uri.startsWith('urn:')) {
    throw new FaultSignal('WAF_RULE_ARGUMENT', 'expected xmlns:prefix=URI', {
      offset: word.offset,
      token: value,
    })
  }
  actions.xmlNamespaces.set(prefix, uri)
}
