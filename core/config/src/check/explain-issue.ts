import { isSecretName } from '@sevenfold/event'
import type { z } from 'zod'
import { everyOption, keysOf, schemaAt } from '../reference/json-schema.ts'
import { nearest } from './nearest.ts'
import type { ConfigProblemCode } from './problem.ts'
import { pathText } from './problem.ts'

/** A problem before it has a place in the text. */
export interface Finding {
  readonly code: ConfigProblemCode
  readonly path: readonly PropertyKey[]
  /** Whether the key or the value is to blame. */
  readonly what: 'key' | 'value'
  readonly message: string
  readonly hint?: string
}

type Issue = z.core.$ZodIssue

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
}

function inside(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'at the top' : `in ${pathText(path)}`
}

/** A key as it may be shown: keys come from a file that anyone may have written. */
function shown(text: string): string {
  const safe = text.replaceAll(/[^\x20-\x7e]/g, '?')
  return safe.length > 60 ? `${safe.slice(0, 60)}...` : safe
}

function elsewhere(key: string): string | undefined {
  const wanted = key.toLowerCase()
  for (const { path } of everyOption()) {
    if (path.split('.').at(-1)?.toLowerCase() === wanted) return path
  }
  return undefined
}

/** What to do about a key that does not exist here: the nearest one, the place where it does exist, or all there are. */
export function unknownKey(path: readonly PropertyKey[], key: string): Finding {
  const keys = keysOf(schemaAt(path))
  const near = nearest(key, keys)
  const other = near === undefined ? elsewhere(key) : undefined
  const secret = near === undefined && other === undefined && isSecretName(key)
  const hint = secret
    ? 'secrets are never written into this file: where one is needed, the value is { file: PATH } or { env: NAME }'
    : near !== undefined
      ? `did you mean ${near}`
      : other !== undefined
        ? `did you mean ${other}`
        : `valid keys are ${keys.join(', ')}`
  return {
    code: secret ? 'CONFIG_LITERAL_SECRET' : 'CONFIG_UNKNOWN_KEY',
    path: [...path, key],
    what: 'key',
    message: `unknown key "${shown(key)}" ${inside(path)}`,
    hint,
  }
}

function missing(path: readonly PropertyKey[]): Finding {
  const schema = schemaAt(path)
  return {
    code: 'CONFIG_MISSING',
    path,
    what: 'key',
    message: `${String(path.at(-1))} is missing ${inside(path.slice(0, -1))}`,
    ...(schema?.description === undefined ? {} : { hint: `${String(path.at(-1))}: ${schema.description}` }),
  }
}

function bound(issue: Extract<Issue, { code: 'too_big' | 'too_small' }>): string {
  const most = issue.code === 'too_big'
  const limit = String(most ? issue.maximum : issue.minimum)
  const amount = `at ${most ? 'most' : 'least'} ${limit}`
  if (issue.origin === 'string') return `must have ${amount} characters`
  if (issue.origin === 'array') return `must have ${amount} entries`
  return `must be ${amount}`
}

function choice(values: readonly unknown[], given: unknown): { message: string; hint?: string } {
  const words = values.map(String)
  const near = typeof given === 'string' ? nearest(given, words) : undefined
  return {
    message: words.length === 1 ? `must be ${words.join('')}` : `must be one of ${words.join(', ')}`,
    ...(near === undefined ? {} : { hint: `did you mean ${near}` }),
  }
}

function typeMessage(issue: Extract<Issue, { code: 'invalid_type' }>): string {
  // Our own message, when the schema carries one, says more than the type.
  if (!issue.message.startsWith('Invalid input')) return issue.message
  if (schemaAt(issue.path)?.type === 'integer') return 'must be a whole number'
  return `must be ${typeWords[issue.expected] ?? issue.expected}`
}

function valueFinding(
  issue: Issue,
  given: unknown,
): { message: string; hint?: string; code?: ConfigProblemCode } {
  switch (issue.code) {
    case 'invalid_type':
      return { message: typeMessage(issue) }
    case 'too_big':
    case 'too_small':
      return { message: bound(issue) }
    case 'invalid_value':
      return choice(issue.values, given)
    case 'invalid_union':
      // The only unions are references to secrets.
      return {
        code: 'CONFIG_LITERAL_SECRET',
        message: issue.message,
        hint: 'put the secret into a file that only you can read and write { file: PATH }',
      }
    case 'invalid_format':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return { message: issue.message }
  }
}

/** What one issue of the schema means to the writer of the file; an issue may name several keys. */
export function explainIssue(issue: Issue, given: unknown): readonly Finding[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(issue.path, key))
  if (given === undefined && issue.path.length > 0) return [missing(issue.path)]
  const { message, hint, code } = valueFinding(issue, given)
  const last = issue.path.findLast((segment) => typeof segment === 'string')
  return [
    {
      code: code ?? 'CONFIG_VALUE',
      path: issue.path,
      what: 'value',
      message: `${last === undefined ? 'the file' : String(last)} ${message}`,
      ...(hint === undefined ? {} : { hint }),
    },
  ]
}
