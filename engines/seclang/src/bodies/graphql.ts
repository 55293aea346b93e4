import { Buffer } from 'node:buffer'

import { bodyResult, readWhole } from './body-result.ts'
import type { BodyLimits, BodyReader, BodyResult } from './body-result.ts'
import { JsonReader } from './json.ts'
import { addPair, emptyPairs } from './pairs.ts'
import type { Pairs } from './pairs.ts'

/**
 * Body processor GRAPHQL: literal values in a query become arguments by the path of their fields
 * (`graphql.query.user.id`), variables by their own path (`graphql.variables.id`). The query's text itself is no
 * argument: its `$names` and braces look like attacks to rules that know nothing of GraphQL.
 * A body that is no JSON object or array of such is read as a bare query (`application/graphql`).
 */
export function parseGraphqlBody(body: string, limits: BodyLimits): BodyResult {
  return readWhole(openGraphqlBody(body, limits))
}

/** The same in pieces. */
export function openGraphqlBody(body: string, limits: BodyLimits): BodyReader {
  const pace: Pace = { at: 0, until: 0 }
  const reading = readBody(body.trimStart(), limits, pace)
  return {
    readOn(bytes) {
      pace.until = pace.at + bytes
      const { done, value } = reading.next()
      return done === true ? value : null
    },
  }
}

/** How far the reading is, over all texts that it reads, and where it pauses next. */
interface Pace {
  at: number
  until: number
}

/** A reading that is left at each `yield`. */
type Reading<T> = Generator<undefined, T, undefined>

function* readBody(text: string, limits: BodyLimits, pace: Pace): Reading<BodyResult> {
  if (text === '') return bodyResult(emptyPairs(), null)
  const args = emptyPairs()
  // A bracket begins a batch: several requests in one body.
  const isEnvelope = /^(?:\{\s*"|\[)/.test(text)
  const envelope = isEnvelope ? yield* readEnvelope(text, limits, pace) : null
  if (envelope !== null && envelope.error !== null) return bodyResult(args, envelope.error)
  for (const [name, value] of envelope?.rest ?? []) addPair(args, name, value)
  for (const query of envelope?.queries ?? [text]) {
    const error = yield* new QueryReader(query, { args, limits }, pace).read()
    // What cannot be parsed is judged as text.
    if (error !== null) {
      addPair(args, 'graphql.query', query)
      return bodyResult(args, error)
    }
  }
  return bodyResult(args, null)
}

interface Envelope {
  readonly queries: readonly string[]
  readonly rest: readonly (readonly [name: string, value: string])[]
  readonly error: string | null
}

const envelopeQuery = /^graphql(?:\.array_\d{1,9})?\.query$/

function* readEnvelope(text: string, limits: BodyLimits, pace: Pace): Reading<Envelope> {
  const reader = new JsonReader(text, limits, { root: 'graphql', arrayNames: 'indexed' })
  for (;;) {
    const bytes = Math.max(1, pace.until - pace.at)
    pace.at += Math.min(bytes, text.length)
    if (reader.readOn(bytes)) break
    yield
  }
  const queries: string[] = []
  const rest: (readonly [string, string])[] = []
  for (const [row, name] of reader.args.names.entries()) {
    const value = reader.args.values[row] ?? ''
    if (envelopeQuery.test(name)) queries.push(value)
    else rest.push([name, value])
  }
  return { queries, rest, error: reader.error }
}

/** Internal signal: the query is not valid, or over a limit. */
class QueryFault extends Error {}

const tokenPattern =
  /[ \t\r\n,]+|#[^\n]*|(\.\.\.|[!$&()*:=@[\]{|}])|([A-Za-z_]\w*)|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|"""((?:(?!""")[^])*)"""|"((?:[^"\\\n]|\\.)*)"/y

interface Token {
  readonly kind: 'sign' | 'name' | 'number' | 'string' | 'end'
  readonly text: string
}

/** Walks a query (GraphQL, October 2021, section 2) and collects the literal values. */
class QueryReader {
  readonly #text: string
  readonly #args: Pairs
  readonly #limits: BodyLimits
  #at = 0
  #token: Token = { kind: 'end', text: '' }

  readonly #pace: Pace

  constructor(text: string, { args, limits }: { args: Pairs; limits: BodyLimits }, pace: Pace) {
    this.#text = text
    this.#pace = pace
    this.#args = args
    this.#limits = limits
  }

  *read(): Reading<string | null> {
    try {
      this.#next()
      while (this.#token.kind !== 'end') yield* this.#readDefinition()
      return null
    } catch (error) {
      if (error instanceof QueryFault) return error.message
      throw error
    }
  }

  *#readDefinition(): Reading<void> {
    // query Name($id: ID = 1) @directive { … }
    while (this.#token.text !== '{' || this.#token.kind !== 'sign') {
      if (this.#isOver()) yield
      if (this.#token.kind === 'end') this.#fail('query ends early')
      if (this.#isSign('(')) yield* this.#readArguments('graphql.query', 1, true)
      else this.#next()
    }
    yield* this.#readSelection('graphql.query', 1)
  }

  *#readSelection(path: string, depth: number): Reading<void> {
    if (depth > this.#limits.maxDepth) this.#fail(`nested deeper than ${this.#limits.maxDepth}`)
    this.#next()
    let field = path
    while (!this.#isSign('}')) {
      if (this.#isOver()) yield
      if (this.#token.kind === 'end') this.#fail('selection is not closed')
      if (this.#isSign('(')) yield* this.#readArguments(field, depth + 1, false)
      else if (this.#isSign('{')) yield* this.#readSelection(field, depth + 1)
      else {
        if (this.#token.kind === 'name') field = `${path}.${this.#token.text}`
        this.#next()
      }
    }
    this.#next()
  }

  /** Arguments of a field, or the variables of an operation with their defaults. */
  *#readArguments(path: string, depth: number, areVariables: boolean): Reading<void> {
    this.#next()
    let name = path
    while (!this.#isSign(')')) {
      if (this.#isOver()) yield
      if (this.#token.kind === 'end') this.#fail('arguments are not closed')
      if (this.#isSign('$')) {
        this.#next()
        if (areVariables) name = `${path}.${this.#token.text}`
      } else if (this.#token.kind === 'name' && !areVariables) name = `${path}.${this.#token.text}`
      if (
        this.#isSign('{') ||
        (this.#isSign('[') && !areVariables) ||
        this.#token.kind === 'string' ||
        this.#token.kind === 'number'
      ) {
        yield* this.#readValue(name, depth)
      } else this.#next()
    }
    this.#next()
  }

  *#readValue(path: string, depth: number): Reading<void> {
    if (depth > this.#limits.maxDepth) this.#fail(`nested deeper than ${this.#limits.maxDepth}`)
    if (this.#isSign('{') || this.#isSign('[')) {
      const end = this.#isSign('{') ? '}' : ']'
      const keyed = end === '}'
      this.#next()
      let key = path
      while (!this.#isSign(end)) {
        if (this.#isOver()) yield
        if (this.#token.kind === 'end') this.#fail('value is not closed')
        if (keyed && this.#token.kind === 'name') key = `${path}.${this.#token.text}`
        if (this.#token.kind === 'name' || (this.#token.kind === 'sign' && !/[[{]/.test(this.#token.text)))
          this.#next()
        else yield* this.#readValue(key, depth + 1)
      }
      this.#next()
      return
    }
    if (this.#args.names.length >= this.#limits.maxArguments) this.#fail('more arguments than allowed')
    addPair(this.#args, path, this.#token.text)
    this.#next()
  }

  #isOver(): boolean {
    return this.#pace.at >= this.#pace.until
  }

  #isSign(text: string): boolean {
    return this.#token.kind === 'sign' && this.#token.text === text
  }

  #next(): void {
    for (;;) {
      if (this.#at >= this.#text.length) {
        this.#token = { kind: 'end', text: '' }
        return
      }
      tokenPattern.lastIndex = this.#at
      const match = tokenPattern.exec(this.#text)
      if (match === null) return this.#fail('query holds what is no token')
      this.#pace.at += tokenPattern.lastIndex - this.#at
      this.#at = tokenPattern.lastIndex
      const [, sign, name, number, block, string] = match
      if (sign !== undefined) this.#token = { kind: 'sign', text: sign }
      else if (name !== undefined) this.#token = { kind: 'name', text: name }
      else if (number !== undefined) this.#token = { kind: 'number', text: number }
      else if (block !== undefined) this.#token = { kind: 'string', text: block }
      else if (string !== undefined) this.#token = { kind: 'string', text: unescape(string) }
      else continue
      return
    }
  }

  #fail(message: string): never {
    throw new QueryFault(`GraphQL: ${message} at byte ${this.#at}`)
  }
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

function unescape(text: string): string {
  if (!text.includes('\\')) return text
  return text.replaceAll(
    /\\(?:u([0-9a-fA-F]{4})|([^]))/g,
    (_, digits: string | undefined, unit: string | undefined) =>
      digits === undefined
        ? (escapes[unit ?? ''] ?? unit ?? '')
        : Buffer.from(String.fromCharCode(Number.parseInt(digits, 16)), 'utf8').toString('latin1'),
  )
}
