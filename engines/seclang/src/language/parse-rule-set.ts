import { parseActions } from './action-list.ts'
import {
  directiveSpelling,
  ignoredDirectives,
  refusedDirectives,
  settingDirectives,
} from './directive-table.ts'
import { splitWords } from './directive-words.ts'
import type { Word } from './directive-words.ts'
import { positionOf, splitLogicalLines } from './logical-line.ts'
import type { LogicalLine } from './logical-line.ts'
import { nearestName } from './nearest-name.ts'
import { readRule } from './read-rule.ts'
import type { DirectiveInput, ReadState } from './read-state.ts'
import type { RuleFiles } from './rule-files.ts'
import { applyUpdate } from './rule-updates.ts'
import { defaultSettings } from './rule-set-source.ts'
import type { RuleSetSource } from './rule-set-source.ts'
import { FaultSignal, maxFaults, SeclangError } from './seclang-error.ts'
import { readUpdate } from './read-update.ts'

/** One text to read, with the name that errors show. */
export interface RuleText {
  readonly file: string
  readonly text: string
  /** Its rules give way to others with the same id: for settings that stand before the rules of others. Default false. */
  readonly yields?: boolean
}

/** Deepest nesting of Include. */
export const maxIncludeDepth = 16
/**
 * Reads texts and everything they include, in order, as one rule set.
 * Throws SeclangError with all faults (at most {@link maxFaults}); a rule set is taken as a whole or not at all.
 */
export function parseRuleSet(texts: readonly RuleText[], files: RuleFiles): RuleSetSource {
  const state: ReadState = {
    files,
    settings: defaultSettings(),
    items: [],
    defaults: new Map(),
    updates: [],
    warnings: [],
    faults: [],
    openChain: null,
    ruleCount: 0,
  }
  for (const { file, text } of texts) readText(state, { file, text, depth: 0 })
  if (state.openChain !== null) {
    const { openChain } = state
    const message = 'chain has no further rule; it is left out'
    state.warnings.push({ kind: 'no-effect', at: openChain.at, message })
    state.items.splice(
      state.items.findLastIndex((item) => item.kind === 'rule' && item.rule === openChain),
      1,
    )
  }
  if (state.faults.length > 0) throw new SeclangError(state.faults)
  const yielding = new Set(texts.flatMap(({ file, yields }) => (yields === true ? [file] : [])))
  if (yielding.size > 0) giveWay(state, yielding)
  for (const update of state.updates) applyUpdate(state, update)
  return {
    settings: state.settings,
    items: state.items,
    defaults: state.defaults,
    removedIds: [],
    warnings: state.warnings,
  }
}

function giveWay(state: ReadState, yielding: ReadonlySet<string>): void {
  const taken = new Set(
    state.items.flatMap((item) =>
      item.kind === 'rule' && !yielding.has(item.rule.at.file) ? [item.rule.actions.id] : [],
    ),
  )
  const kept = state.items.filter(
    (item) => item.kind !== 'rule' || !yielding.has(item.rule.at.file) || !taken.has(item.rule.actions.id),
  )
  state.items.splice(0, state.items.length, ...kept)
}

function readText(state: ReadState, source: RuleText & { readonly depth: number }): void {
  for (const line of splitLogicalLines(source.text, source.file)) {
    if (state.faults.length >= maxFaults) return
    try {
      readDirective(state, line, source.depth)
    } catch (error) {
      if (!(error instanceof FaultSignal)) throw error
      const { code, message, offset, token, nearest } = openQuoteOf(line) ?? error
      state.faults.push({ code, message, at: positionOf(line, offset), token, nearest })
    }
  }
}

/** A quote that is never closed takes the rest of the line: whatever else is wrong with a directive comes of it. */
function openQuoteOf(line: LogicalLine): FaultSignal | null {
  const open = splitWords(line.text).find((word) => word.open)
  if (open === undefined) return null
  const place = { offset: Math.max(0, open.offset - 1), token: open.text }
  return new FaultSignal('WAF_RULE_SYNTAX', 'quote is never closed', place)
}

function readDirective(state: ReadState, line: LogicalLine, depth: number): void {
  const [name, ...all] = splitWords(line.text)
  if (name === undefined) return
  const words = withoutComment(name, all)
  const open = words.find((word) => word.open)
  if (open !== undefined) {
    state.warnings.push({
      kind: 'open-quote',
      at: positionOf(line, open.offset),
      message: 'quote is never closed; it ends with the line',
    })
  }
  const lower = name.text.toLowerCase()
  const reader = structuralReaders.get(lower)
  if (reader !== undefined) {
    reader({ state, line, name, words, depth })
    return
  }
  const setting = Object.hasOwn(settingDirectives, lower) ? settingDirectives[lower] : undefined
  if (setting !== undefined) {
    setting(state.settings, onlyWord(name, words))
    return
  }
  readInert(state, line, name)
}

// Behind what a directive needs, a bare `#` begins a comment, as libmodsecurity reads it.
function withoutComment(name: Word, words: readonly Word[]): Word[] {
  const needed = name.text.toLowerCase() === 'secrule' ? 2 : 1
  const end = words.findIndex((word, index) => index >= needed && !word.quoted && word.text.startsWith('#'))
  return words.slice(0, end < 0 ? words.length : end)
}

function readInert(state: ReadState, line: LogicalLine, name: Word): void {
  const lower = name.text.toLowerCase()
  const place = { offset: name.offset, token: name.text }
  if (Object.hasOwn(ignoredDirectives, lower)) {
    const message = `${name.text} has no effect: ${ignoredDirectives[lower]}`
    state.warnings.push({ kind: 'no-effect', at: positionOf(line, name.offset), message })
    return
  }
  if (Object.hasOwn(refusedDirectives, lower)) {
    throw new FaultSignal(
      'WAF_RULE_UNSUPPORTED',
      `directive is not supported: ${refusedDirectives[lower]}`,
      place,
    )
  }
  const nearest = nearestName(name.text, directiveSpelling.values())
  throw new FaultSignal('WAF_RULE_UNKNOWN_DIRECTIVE', 'unknown directive', { ...place, nearest })
}

function onlyWord(name: Word, words: readonly Word[]): Word {
  const [word] = words
  if (word !== undefined && words.length === 1) return word
  throw new FaultSignal('WAF_RULE_SYNTAX', `${name.text} takes one argument`, {
    offset: name.offset,
    token: name.text,
  })
}

const structuralReaders: ReadonlyMap<string, (input: DirectiveInput) => void> = new Map([
  ['include', readInclude],
  ['includeoptional', readInclude],
  ['secrule', readRule],
  ['secaction', readRule],
  ['secmarker', readMarker],
  ['secdefaultaction', readDefaultAction],
  ['secresponsebodymimetype', readMimeTypes],
  [
    'secresponsebodymimetypesclear',
    ({ state }: DirectiveInput) => (state.settings.responseBodyMimeTypes = new Set()),
  ],
  ['secruleremovebyid', readUpdate],
  ['secruleremovebymsg', readUpdate],
  ['secruleremovebytag', readUpdate],
  ['secruleupdateactionbyid', readUpdate],
  ['secruleupdatetargetbyid', readUpdate],
  ['secruleupdatetargetbymsg', readUpdate],
  ['secruleupdatetargetbytag', readUpdate],
])

function readInclude({ state, line, name, words, depth }: DirectiveInput): void {
  const { text, offset } = onlyWord(name, words)
  if (depth >= maxIncludeDepth) {
    throw new FaultSignal('WAF_RULE_LIMIT', `Include nests deeper than ${maxIncludeDepth}`, {
      offset,
      token: text,
    })
  }
  const isOptional = name.text.toLowerCase() === 'includeoptional'
  const paths = resolveInclude(state, { text, offset, isOptional }, line.file)
  if (paths.length === 0 && !isOptional && !/[*?[]/.test(text)) {
    throw new FaultSignal('WAF_RULE_FILE', 'no such file', { offset, token: text })
  }
  for (const path of paths) {
    const found = readFile(state, path, { offset, isOptional })
    if (found !== null) readText(state, { file: path, text: found, depth: depth + 1 })
  }
}

/** Where a file is named, and whether it may be missing. */
interface FilePlace {
  readonly offset: number
  readonly isOptional: boolean
}

function resolveInclude(
  state: ReadState,
  { text, offset, isOptional }: FilePlace & { readonly text: string },
  from: string,
): readonly string[] {
  try {
    return state.files.resolve(text, from)
  } catch (error) {
    if (isOptional) return []
    const reason = error instanceof Error ? error.message : String(error)
    throw new FaultSignal('WAF_RULE_FILE', `cannot be read: ${reason}`, { offset, token: text })
  }
}

function readFile(state: ReadState, path: string, { offset, isOptional }: FilePlace): string | null {
  try {
    return state.files.read(path)
  } catch (error) {
    if (isOptional) return null
    const reason = error instanceof Error ? error.message : String(error)
    throw new FaultSignal('WAF_RULE_FILE', `cannot be read: ${reason}`, { offset, token: path })
  }
}

function readMarker({ state, name, words }: DirectiveInput): void {
  if (state.openChain !== null) {
    throw new FaultSignal('WAF_RULE_SYNTAX', 'marker inside a chain', {
      offset: name.offset,
      token: name.text,
    })
  }
  state.items.push({ kind: 'marker', name: onlyWord(name, words).text })
}

const perRuleOnly = ['id', 'rev', 'msg', 'chain', 'skip', 'skipAfter'] as const

function readDefaultAction({ state, name, words }: DirectiveInput): void {
  const word = onlyWord(name, words)
  const actions = parseActions(word.text, word.offset)
  const phase = actions.phase ?? 2
  const place = { offset: word.offset, token: word.text }
  for (const field of perRuleOnly) {
    if (actions[field] === null || actions[field] === false || actions[field] === 0) continue
    throw new FaultSignal('WAF_RULE_ARGUMENT', `${field} does not belong into default actions`, place)
  }
  if (actions.clearsTransformations) {
    throw new FaultSignal('WAF_RULE_ARGUMENT', 't:none does not belong into default actions', place)
  }
  if (actions.disruptive === null || actions.disruptive.kind === 'block') {
    throw new FaultSignal('WAF_RULE_ARGUMENT', 'default actions need a disruptive action', place)
  }
  if (state.defaults.has(phase)) {
    throw new FaultSignal('WAF_RULE_ARGUMENT', `phase ${phase} has default actions already`, place)
  }
  state.defaults.set(phase, actions)
}

function readMimeTypes({ state, name, words }: DirectiveInput): void {
  if (words.length === 0) {
    throw new FaultSignal('WAF_RULE_SYNTAX', `${name.text} takes types`, {
      offset: name.offset,
      token: name.text,
    })
  }
  const types = words.flatMap((word) => word.text.toLowerCase().split(/\s+/)).filter((type) => type !== '')
  if (types.includes('(null)')) {
    state.settings.responseBodyMimeTypes = null
    return
  }
  state.settings.responseBodyMimeTypes ??= new Set()
  for (const type of types) state.settings.responseBodyMimeTypes.add(type)
}
