import { compileExpr, createHelpers, profileEnvironment } from '@sevenfold/behaviour'
import type { Expression, Facilities, FunctionTable } from '@sevenfold/behaviour'
import { isJsonObject } from '@sevenfold/event'
import { parseYamlStream, yamlLimits } from '@sevenfold/yaml'
import type { ParsedYaml, YamlPath } from '@sevenfold/yaml'
import { parseGoDuration } from '../decisions/go-duration.ts'
import { DetectionError } from '../detection-error.ts'

/** Most profiles in a file. */
export const maxProfiles = 200

/** What a profile does next. */
export type ProfileStep = 'continue' | 'break'
/** What a profile does when an expression of it fails. */
export type ProfileOnError = 'continue' | 'break' | 'apply' | 'ignore'

/** A decision of a profile before there is an alert. */
export interface DecisionTemplate {
  readonly type: string
  /** Undefined: that of the configuration, lengthened for repeat offenders. */
  readonly durationMs: number | undefined
  /** Empty: the alert's. */
  readonly scope: string
  readonly origin: string
  readonly simulated: boolean
}

/** One profile with its expressions compiled. */
export interface CompiledProfile {
  readonly name: string
  readonly filters: readonly Expression[]
  readonly decisions: readonly DecisionTemplate[]
  readonly durationExpr: Expression | undefined
  readonly onSuccess: ProfileStep
  readonly onError: ProfileOnError
  /** Names of notifications; whoever sends them looks them up. */
  readonly notifications: readonly string[]
}

const keys = new Set([
  'name',
  'debug',
  'filters',
  'decisions',
  'duration_expr',
  'on_success',
  'on_failure',
  'on_error',
  'notifications',
])
const decisionKeys = new Set(['type', 'duration', 'scope', 'origin', 'simulated'])

class Reader {
  readonly #file: string
  readonly #document: ParsedYaml
  readonly #helpers: FunctionTable

  constructor(file: string, document: ParsedYaml, helpers: FunctionTable) {
    this.#file = file
    this.#document = document
    this.#helpers = helpers
  }

  fail(path: YamlPath, message: string, what: 'key' | 'value' = 'value'): never {
    const { line, column } = this.#document.at(path, what)
    throw new DetectionError('DETECTION_BAD_PROFILE', `${this.#file}:${line}:${column}: ${message}`)
  }

  object(value: unknown, path: YamlPath, known: ReadonlySet<string>): Readonly<Record<string, unknown>> {
    if (!isJsonObject(value)) return this.fail(path, 'a map is needed here')
    for (const key of Object.keys(value))
      if (!known.has(key))
        this.fail([...path, key], `unknown key ${key}; known are ${[...known].join(', ')}`, 'key')
    return value
  }

  text(value: unknown, path: YamlPath, or = ''): string {
    if (value === undefined || value === null) return or
    return typeof value === 'string' ? value : this.fail(path, 'text is needed here')
  }

  list(value: unknown, path: YamlPath): readonly unknown[] {
    if (value === undefined || value === null) return []
    return Array.isArray(value) ? value : this.fail(path, 'a list is needed here')
  }

  choice<Word extends string>(value: unknown, path: YamlPath, words: readonly Word[]): Word | undefined {
    if (value === undefined || value === null) return undefined
    return (
      words.find((word) => word === value) ?? this.fail(path, `one of ${words.join(', ')} is needed here`)
    )
  }

  expression(value: unknown, path: YamlPath): Expression {
    const source = this.text(value, path)
    try {
      return compileExpr(source, profileEnvironment, { helpers: this.#helpers, backend: 'closures' })
    } catch (error) {
      return this.fail(path, error instanceof Error ? error.message : 'no expression')
    }
  }

  #decision(value: unknown, path: YamlPath): DecisionTemplate {
    const { type, duration, scope, origin, simulated } = this.object(value, path, decisionKeys)
    const text = this.text(duration, [...path, 'duration'])
    const durationMs = text === '' ? undefined : parseGoDuration(text)
    if (text !== '' && durationMs === undefined)
      this.fail([...path, 'duration'], 'a duration such as 4h is needed here')
    return {
      type: this.text(type, [...path, 'type'], 'ban'),
      durationMs,
      scope: this.text(scope, [...path, 'scope']),
      origin: this.text(origin, [...path, 'origin'], 'crowdsec'),
      simulated: simulated === true,
    }
  }

  profile(): CompiledProfile {
    const value = this.object(this.#document.value, [], keys)
    const name = this.text(value['name'], ['name'])
    if (name === '') this.fail([], 'a profile has a name')
    const filters = this.list(value['filters'], ['filters'])
    if (filters.length === 0) this.fail(['filters'], 'a profile has at least one filter')
    this.choice(value['on_failure'], ['on_failure'], ['continue', 'break', 'apply'])
    const onError = this.choice(
      value['on_error'],
      ['on_error'],
      ['continue', 'break', 'error', 'report', 'apply', 'ignore'],
    )
    const expression = value['duration_expr']
    return {
      name,
      filters: filters.map((filter, i) => this.expression(filter, ['filters', i])),
      decisions: this.list(value['decisions'], ['decisions']).map((item, i) =>
        this.#decision(item, ['decisions', i]),
      ),
      durationExpr:
        expression === undefined || expression === null
          ? undefined
          : this.expression(expression, ['duration_expr']),
      onSuccess: this.choice(value['on_success'], ['on_success'], ['continue', 'break']) ?? 'continue',
      // `error` ends the request in CrowdSec and `report` says so there; here an error is always reported.
      onError: onError === 'break' || onError === 'apply' || onError === 'ignore' ? onError : 'continue',
      notifications: this.list(value['notifications'], ['notifications']).map((item, i) =>
        this.text(item, ['notifications', i]),
      ),
    }
  }
}

/**
 * Reads a profiles.yaml of CrowdSec (a stream of documents; unknown keys are errors) and compiles its expressions.
 * Throws `DETECTION_BAD_PROFILE` with file, line and column.
 */
export function readProfiles(text: string, file: string, facilities: Facilities): readonly CompiledProfile[] {
  const documents = parseYamlStream(text, { ...yamlLimits, maxDocuments: maxProfiles })
  const helpers = createHelpers(facilities)
  const profiles = documents.flatMap((document) => {
    const [error] = document.errors
    if (error !== undefined)
      throw new DetectionError(
        'DETECTION_BAD_PROFILE',
        `${file}:${error.line}:${error.column}: ${error.message}`,
      )
    return document.value === null ? [] : [new Reader(file, document, helpers).profile()]
  })
  // A file that was emptied by mistake would ban nobody, and say nothing.
  if (profiles.length === 0)
    throw new DetectionError('DETECTION_BAD_PROFILE', `${file}:1:1: no profile in it`)
  return profiles
}
