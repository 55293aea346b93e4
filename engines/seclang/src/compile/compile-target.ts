import { compileXPath } from '../bodies/xpath.ts'
import type { Selector, VariableTarget } from '../language/variable-list.ts'
import { FaultSignal } from '../language/seclang-error.ts'
import { compileMacro } from './expand-macro.ts'
import type { Exclusion, MemberFilter, Target } from './compiled-rule-set.ts'
import type { CompileContext } from './compile-context.ts'
import { compileSelectorPattern } from './pattern.ts'
import { valueSourceOf } from './value-sources.ts'

/** Turns the written targets of one rule into targets that can be read; `!` targets go into the others. */
export function compileTargets(
  written: readonly VariableTarget[],
  namespaces: ReadonlyMap<string, string>,
  context: CompileContext,
): Target[] {
  const excluded = written.filter((target) => target.exclude)
  const targets: Target[] = []
  for (const target of written) {
    if (target.exclude) continue
    const own = excluded.filter((other) => other.name === target.name)
    if (own.some((other) => other.selector.kind === 'all' || isSame(other.selector, target.selector)))
      continue
    const exclusions = own.map((other) => ({ filter: compileFilter(other.selector, context) }))
    const compiled = compileTarget(target, { namespaces, exclusions }, context)
    targets.push(target.count ? { kind: 'count', label: target.name, of: compiled } : compiled)
  }
  return targets
}

function isSame(left: Selector, right: Selector): boolean {
  return left.kind === 'key' && right.kind === 'key' && left.key === right.key
}

interface TargetDetails {
  readonly namespaces: ReadonlyMap<string, string>
  readonly exclusions: readonly Exclusion[]
}

function compileTarget(target: VariableTarget, details: TargetDetails, context: CompileContext): Target {
  const { name, selector } = target
  if (name === 'XML') return xmlTarget(target, details.namespaces, context)
  const filter = compileFilter(selector, context)
  if (name === 'RULE') return { kind: 'rule', label: name, filter }
  const source = valueSourceOf(name)
  if (source.kind === 'scalar') {
    return { kind: 'scalar', label: name, source, column: context.columnOf(name) }
  }
  const { exclusions } = details
  if (source.kind === 'map') {
    if (name === 'TX' && selector.kind === 'key') {
      return { kind: 'tx-slot', label: name, slot: context.slots.claim(selector.key), name: selector.key }
    }
    return { kind: 'map', label: name, source, filter, exclusions }
  }
  const lists = source.lists.map((access) => ({
    access,
    column: access.column === '' ? -1 : context.columnOf(access.column),
  }))
  const headerSlot =
    name === 'REQUEST_HEADERS' && selector.kind === 'key' ? context.headerSlotOf(selector.key) : -1
  return { kind: 'list', label: name, lists, filter, exclusions, headerSlot }
}

function xmlTarget(
  target: VariableTarget,
  namespaces: ReadonlyMap<string, string>,
  context: CompileContext,
): Target {
  const path = target.selector.kind === 'key' ? target.selector.written : '/*'
  try {
    const xpath = compileXPath(path, namespaces)
    return { kind: 'xml', label: 'XML', path, xpath, column: context.columnOf(`xml ${path}`) }
  } catch (error) {
    throw new FaultSignal(
      'WAF_RULE_ARGUMENT',
      error instanceof Error ? error.message : 'XPath is not valid',
      {
        offset: target.offset,
        token: path,
      },
    )
  }
}

function selectorTest(pattern: string): (name: string) => boolean {
  try {
    return compileSelectorPattern(pattern)
  } catch (error) {
    const message = error instanceof Error ? error.message : 'pattern is not valid'
    throw new FaultSignal('WAF_RULE_ARGUMENT', message, { offset: 0, token: pattern })
  }
}

/** Compiles a selector; names are compared without case. */
export function compileFilter(selector: Selector, context: CompileContext): MemberFilter {
  switch (selector.kind) {
    case 'all':
      return { kind: 'all' }
    case 'key':
      return { kind: 'key', key: selector.key, written: selector.written }
    case 'regex':
      return { kind: 'regex', test: selectorTest(selector.pattern) }
    case 'macro':
      return { kind: 'macro', macro: compileMacro(selector.macro, context.slots) }
  }
}
