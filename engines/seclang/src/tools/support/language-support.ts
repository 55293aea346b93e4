import { actionTable } from '../../language/action-table.ts'
import { controlTable } from '../../language/control-action.ts'
import {
  directiveSpelling,
  ignoredDirectives,
  refusedDirectives,
  settingDirectives,
  structuralDirectives,
} from '../../language/directive-table.ts'
import { collectionNames, scalarNames, unsupportedVariables } from '../../language/variable-names.ts'
import { operators } from '../../operators/registry.ts'
import { unsupportedOperators } from '../../operators/unsupported.ts'
import { transformations } from '../../transformations/registry.ts'

/** How one word of the language is supported. */
export interface SupportEntry {
  readonly name: string
  readonly status: 'yes' | 'ignored' | 'refused'
  /** Why it is ignored or refused; empty when supported. */
  readonly note: string
}

/** Support of the whole language, from the tables that read it. */
export interface LanguageSupport {
  readonly directives: readonly SupportEntry[]
  readonly variables: readonly SupportEntry[]
  readonly operators: readonly SupportEntry[]
  readonly transformations: readonly SupportEntry[]
  readonly actions: readonly SupportEntry[]
  readonly controls: readonly SupportEntry[]
}

/** Lists every directive, variable, operator, transformation, action and `ctl` option with its status. */
export function languageSupport(): LanguageSupport {
  const refusedOperators = new Set(unsupportedOperators.map((operator) => operator.name))
  return {
    directives: [...directiveSpelling].map(([lower, name]) => directiveEntry(lower, name)),
    variables: [
      ...[...collectionNames, ...scalarNames].map((name) => supported(name)),
      ...Object.entries(unsupportedVariables).map(([name, note]): SupportEntry => ({
        name,
        status: 'refused',
        note,
      })),
    ].toSorted(byName),
    operators: [...operators.values()]
      .map((operator) =>
        refusedOperators.has(operator.name) ? refusedOperator(operator.name) : supported(operator.name),
      )
      .toSorted(byName),
    transformations: [...transformations.values()].map(({ name }) => supported(name)).toSorted(byName),
    actions: Object.keys(actionTable).map((name) => actionEntry(name)),
    controls: Object.keys(controlTable).map((name) => supported(name)),
  }
}

function byName(left: SupportEntry, right: SupportEntry): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0
}

function supported(name: string): SupportEntry {
  return { name, status: 'yes', note: '' }
}

function directiveEntry(lower: string, name: string): SupportEntry {
  const isRead =
    Object.hasOwn(settingDirectives, lower) || structuralDirectives.some((known) => known === lower)
  if (isRead) return supported(name)
  if (Object.hasOwn(ignoredDirectives, lower)) {
    return { name, status: 'ignored', note: ignoredDirectives[lower] ?? '' }
  }
  return { name, status: 'refused', note: refusedDirectives[lower] ?? 'unknown' }
}

function refusedOperator(name: string): SupportEntry {
  const operator = unsupportedOperators.find((other) => other.name === name)
  try {
    operator?.compile('', { regex: { multiline: false }, readDataFile: () => '', from: '' })
  } catch (error) {
    const reason = error instanceof Error ? error.message : ''
    return { name, status: 'refused', note: reason.replace(/^.*?: it /, '') }
  }
  return { name, status: 'refused', note: '' }
}

const inertActions: ReadonlySet<string> = new Set([
  'append',
  'deprecatevar',
  'pause',
  'prepend',
  'sanitisearg',
  'sanitisematched',
  'sanitisematchedbytes',
  'sanitiserequestheader',
  'sanitiseresponseheader',
])

const refusedActions: Readonly<Record<string, string>> = {
  exec: 'scripts are never run',
  proxy: 'use redirect, or route in the edge',
}

function actionEntry(name: string): SupportEntry {
  if (inertActions.has(name)) return { name, status: 'ignored', note: 'read and left without effect' }
  const reason = Object.hasOwn(refusedActions, name) ? refusedActions[name] : undefined
  return reason === undefined ? supported(name) : { name, status: 'refused', note: reason }
}
