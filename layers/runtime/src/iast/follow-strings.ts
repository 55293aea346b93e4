import path from 'node:path'
import { currentRequest } from '../agent/request-context.ts'
import type { RequestContext } from '../agent/request-context.ts'
import { patchAbove } from '../agent/hooks/patch.ts'
import type { AnyFunction } from '../agent/hooks/patch.ts'
import { readStack } from '../agent/profile/call-site.ts'
import { addName, templateName } from './rewrite-source.ts'
import { Taints, movedMarks, stepped, wholeMarks } from './taints.ts'
import type { Mark, Safety } from './taints.ts'

/** Stacks that are read for the steps of one request. */
const maxPlaces = 48

interface Followed {
  readonly taints: Taints
  places: number
}

const followedKey = Symbol('sevenfold.taints')

interface Holder {
  [followedKey]?: Followed
}

// The agent's own work on texts must not be followed, and following must not follow itself.
let isBusy = false

/** Runs something that is not followed. */
export function unfollowed<T>(run: () => T): T {
  const before = isBusy
  isBusy = true
  try {
    return run()
  } finally {
    isBusy = before
  }
}

function followedOf(context: RequestContext): Followed {
  const holder = context as Holder
  holder[followedKey] ??= { taints: new Taints(context), places: 0 }
  return holder[followedKey]
}

/** What is followed for a request. */
export function taintsOf(context: RequestContext): Taints {
  return followedOf(context).taints
}

function placeNow(followed: Followed): string {
  if (followed.places >= maxPlaces) return ''
  followed.places += 1
  const own = readStack().find(({ file }) => !file.includes('node_modules'))
  return own === undefined ? '' : `${own.file}:${own.line}:${own.column}`
}

type Follow = (
  taints: Taints,
  self: unknown,
  args: readonly unknown[],
  result: unknown,
  place: () => string,
) => void

/** Calls the original and then says what its result holds. A fault of ours changes nothing for the caller. */
function followed(follow: Follow): (original: AnyFunction) => AnyFunction {
  return (original) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const result = original.apply(this, args)
      if (isBusy) return result
      const context = currentRequest.getStore()
      if (context === undefined) return result
      isBusy = true
      try {
        const state = followedOf(context)
        follow(state.taints, this, args, result, () => placeNow(state))
      } catch {
        // not followed
      } finally {
        isBusy = false
      }
      return result
    }
}

function marksOfSelf(taints: Taints, self: unknown): readonly Mark[] | undefined {
  return typeof self === 'string' ? taints.of(self) : undefined
}

function withSafety(marks: readonly Mark[], safety: readonly Safety[]): readonly Mark[] {
  return safety.length === 0 ? marks : marks.map((mark) => ({ ...mark, safe: [...mark.safe, ...safety] }))
}

/** Cutting: the result's place in the text is known or found. */
const cut =
  (name: string): Follow =>
  (taints, self, _args, result, place) => {
    const marks = marksOfSelf(taints, self)
    if (marks === undefined || typeof result !== 'string' || result === self) return
    const at = (self as string).indexOf(result)
    const moved = at < 0 ? wholeMarks(result, marks, name, place()) : movedMarks(marks, -at, result.length)
    if (moved.length > 0) taints.set(result, at < 0 ? moved : stepped(moved, name, place()))
  }

const whole =
  (name: string, safety: readonly Safety[] = []): Follow =>
  (taints, self, _args, result, place) => {
    const marks = marksOfSelf(taints, self)
    if (marks !== undefined && typeof result === 'string' && result !== self)
      taints.set(result, withSafety(wholeMarks(result, marks, name, place()), safety))
  }

function textOfPattern(pattern: unknown): string {
  return pattern instanceof RegExp ? pattern.source : typeof pattern === 'string' ? pattern : ''
}

/** What a replacement takes the danger from: quotes, markup. */
function safetyOf(pattern: unknown, replacement: unknown): readonly Safety[] {
  const text = textOfPattern(pattern)
  const isGlobal = !(pattern instanceof RegExp) || pattern.global
  if (!isGlobal || (typeof replacement === 'string' && text !== '' && replacement === text)) return []
  const safety: Safety[] = []
  if (/['"]/.test(text) || /\[\^[\w\\-]+\]/.test(text)) safety.push('quotes')
  if (/[<&]/.test(text) || /\[\^[\w\\-]+\]/.test(text)) safety.push('markup')
  if (/\\?\.\\?\./.test(text) || /\[\^[\w\\-]+\]/.test(text)) safety.push('path')
  return safety
}

const replaced =
  (name: string): Follow =>
  (taints, self, args, result, place) => {
    if (typeof result !== 'string') return
    const own = marksOfSelf(taints, self) ?? []
    const other = typeof args[1] === 'string' ? (taints.of(args[1]) ?? []) : []
    const marks = [...own, ...other]
    if (marks.length === 0) return
    const safety = safetyOf(args[0], args[1])
    // A value that is checked away leaves nothing to follow; an unchanged one is safe from now on as well.
    taints.set(result, withSafety(wholeMarks(result, marks, name, place()), safety))
  }

const split: Follow = (taints, self, _args, result, place) => {
  const marks = marksOfSelf(taints, self)
  if (marks === undefined || !Array.isArray(result) || result.length < 2) return
  const where = place()
  for (const piece of result.slice(0, 256))
    if (typeof piece === 'string') taints.set(piece, wholeMarks(piece, marks, 'split', where))
}

const matched: Follow = (taints, self, args, result, place) => {
  const marks = marksOfSelf(taints, self) ?? (typeof args[0] === 'string' ? taints.of(args[0]) : undefined)
  if (marks === undefined || !Array.isArray(result)) return
  const where = place()
  for (const piece of result.slice(0, 64))
    if (typeof piece === 'string') taints.set(piece, wholeMarks(piece, marks, 'match', where))
}

const joined: Follow = (taints, self, args, result, place) => {
  if (!Array.isArray(self) || typeof result !== 'string' || self.length > 256) return
  const separator = typeof args[0] === 'string' ? args[0] : ','
  const marks: Mark[] = []
  let at = 0
  for (const item of self as unknown[]) {
    const text =
      item === null || item === undefined
        ? ''
        : typeof item === 'string'
          ? item
          : result === ''
            ? ''
            : undefined
    if (text === undefined) return
    marks.push(...movedMarks(taints.of(text) ?? [], at))
    at += text.length + separator.length
  }
  if (marks.length > 0) taints.set(result, stepped(marks, 'join', place()))
}

/** An input that is one of a list the application keeps is as good as a constant. */
const checked: Follow = (taints, _self, args, result) => {
  const [value] = args
  const isFound = result === true || (typeof result === 'number' && result >= 0)
  if (!isFound || typeof value !== 'string') return
  const marks = taints.of(value)
  if (marks !== undefined) taints.set(value, withSafety(marks, ['checked']))
}

/** A function whose first argument is a text and which gives another. */
const converted =
  (name: string, safety: readonly Safety[] = []): Follow =>
  (taints, _self, args, result, place) => {
    const [text] = args
    const marks = typeof text === 'string' ? taints.of(text) : undefined
    if (marks === undefined || typeof result !== 'string') return
    if (result !== text) taints.set(result, withSafety(wholeMarks(result, marks, name, place()), safety))
    else if (safety.length > 0) taints.set(result, withSafety(marks, safety))
  }

function markStrings(
  taints: Taints,
  value: unknown,
  marks: readonly Mark[],
  where: string,
  depth: number = 0,
): void {
  if (typeof value === 'string') {
    if (taints.of(value) === undefined) taints.set(value, wholeMarks(value, marks, 'JSON.parse', where))
  } else if (typeof value === 'object' && value !== null && depth < 12)
    for (const child of Object.values(value).slice(0, 256))
      markStrings(taints, child, marks, where, depth + 1)
}

const parsed: Follow = (taints, _self, args, result, place) => {
  const [text] = args
  if (typeof text !== 'string' || typeof result !== 'object') return
  const marks = taints.of(text)
  // The body itself is a source, and its values are sources of their own.
  if (marks !== undefined && marks.every(({ source }) => source.value !== text))
    markStrings(taints, result, marks, place())
}

const toBytes: Follow = (taints, _self, args, result, place) => {
  const [text, encoding] = args
  const marks = typeof text === 'string' ? taints.of(text) : undefined
  if (marks !== undefined && typeof result === 'object' && result !== null)
    taints.setBytes(
      result,
      stepped(marks, typeof encoding === 'string' ? `Buffer.from ${encoding}` : 'Buffer.from', place()),
    )
}

const fromBytes: Follow = (taints, self, _args, result, place) => {
  const marks = typeof self === 'object' && self !== null ? taints.ofBytes(self) : undefined
  if (marks !== undefined && typeof result === 'string')
    taints.set(result, wholeMarks(result, marks, 'toString', place()))
}

const joinedPath: Follow = (taints, _self, args, result, place) => {
  if (typeof result !== 'string') return
  const marks = args.flatMap((arg) => (typeof arg === 'string' ? (taints.of(arg) ?? []) : []))
  if (marks.length > 0) taints.set(result, wholeMarks(result, marks, 'path', place()))
}

/** As a template does: unlike `String`, it throws for a symbol. */
function asText(value: unknown): string {
  return ''.concat(value as string)
}

function followAdditions(): void {
  const combine = (
    parts: readonly unknown[],
    isDynamic: (i: number) => boolean,
    result: string,
    site: string,
    operation: string,
  ): void => {
    if (isBusy) return
    const context = currentRequest.getStore()
    if (context === undefined) return
    isBusy = true
    try {
      const { taints } = followedOf(context)
      const marks: Mark[] = []
      let at = 0
      for (const [i, part] of parts.entries()) {
        // oxlint-disable-next-line no-base-to-string -- as the application's own concatenation does
        const text = typeof part === 'string' ? part : String(part)
        if (isDynamic(i)) {
          const own = Array.isArray(part)
            ? part.flatMap((one) => (typeof one === 'string' ? (taints.of(one) ?? []) : []))
            : undefined
          const found =
            own !== undefined && own.length > 0
              ? wholeMarks(text, own, 'join', '')
              : (taints.of(text) ?? taints.pieceOf(text))
          if (found !== undefined) marks.push(...movedMarks(found, at))
        }
        at += text.length
      }
      if (marks.length > 0) taints.set(result, stepped(marks, operation, site))
    } catch {
      // not followed
    } finally {
      isBusy = false
    }
  }
  const add = (site: string, literals: number, ...parts: unknown[]): unknown => {
    let result: unknown = parts[0]
    // oxlint-disable-next-line restrict-plus-operands -- the application's own addition, whatever its operands are
    for (let i = 1; i < parts.length; i += 1) result = (result as string) + (parts[i] as string)
    if (typeof result === 'string')
      combine(parts, (i) => i >= 30 || (literals & (1 << i)) === 0, result, site, 'concatenation')
    return result
  }
  const template = (site: string) => {
    return (texts: TemplateStringsArray, ...values: unknown[]): string => {
      const parts: unknown[] = [texts[0]]
      let result = texts[0] ?? ''
      for (let i = 0; i < values.length; i += 1) {
        const value = values[i]
        const text = typeof value === 'string' ? value : asText(value)
        result += text + (texts[i + 1] ?? '')
        parts.push(Array.isArray(value) ? value : text, texts[i + 1] ?? '')
      }
      combine(parts, (i) => i % 2 === 1, result, site, 'template literal')
      return result
    }
  }
  for (const [name, value] of [
    [addName, add],
    [templateName, template],
  ] as const)
    Object.defineProperty(globalThis, name, { value, configurable: true })
}

/** Follows inputs through what JavaScript does with texts. */
export function followStrings(): void {
  for (const name of ['slice', 'substring', 'substr', 'trim', 'trimStart', 'trimEnd', 'at'])
    patchAbove(String.prototype, name, followed(cut(name)))
  for (const name of ['toLowerCase', 'toUpperCase', 'padStart', 'padEnd', 'repeat', 'normalize'])
    patchAbove(String.prototype, name, followed(whole(name)))
  for (const name of ['replace', 'replaceAll']) patchAbove(String.prototype, name, followed(replaced(name)))
  patchAbove(
    String.prototype,
    'concat',
    followed((taints, self, args, result, place) => {
      const parts = [self, ...args].filter((part) => typeof part === 'string')
      const marks = parts.flatMap((part) => taints.of(part) ?? [])
      if (marks.length > 0 && typeof result === 'string')
        taints.set(result, wholeMarks(result, marks, 'concat', place()))
    }),
  )
  patchAbove(String.prototype, 'split', followed(split))
  patchAbove(String.prototype, 'match', followed(matched))
  patchAbove(RegExp.prototype, 'exec', followed(matched))
  patchAbove(Array.prototype, 'join', followed(joined))
  patchAbove(Array.prototype, 'includes', followed(checked))
  patchAbove(Array.prototype, 'indexOf', followed(checked))
  patchAbove(Set.prototype, 'has', followed(checked))
  patchAbove(Map.prototype, 'has', followed(checked))
  for (const name of ['decodeURIComponent', 'decodeURI', 'unescape', 'atob', 'btoa', 'encodeURI'])
    patchAbove(globalThis, name, followed(converted(name)))
  patchAbove(
    globalThis,
    'encodeURIComponent',
    followed(converted('encodeURIComponent', ['url', 'markup', 'path'])),
  )
  patchAbove(JSON, 'parse', followed(parsed))
  patchAbove(JSON, 'stringify', followed(converted('JSON.stringify')))
  patchAbove(Buffer, 'from', followed(toBytes))
  patchAbove(Buffer.prototype, 'toString', followed(fromBytes))
  for (const name of ['join', 'resolve', 'normalize']) patchAbove(path, name, followed(joinedPath))
  patchAbove(path, 'basename', followed(converted('basename', ['path'])))
  followAdditions()
}
