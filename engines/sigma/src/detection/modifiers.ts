import { SigmaError } from '../error.ts'
import type { SigmaPath } from '../rule/source.ts'
import type { TextEncoding } from '../value/encodings.ts'
import type { CompareOperator, TimePart } from './detection-node.ts'

/** A field name with its modifiers, as written before the colon: `CommandLine|contains|all`. */
export interface FieldSpec {
  /** Empty for keywords. */
  readonly field: string
  readonly all: boolean
  readonly cased: boolean
  readonly negated: boolean
  readonly where: 'equals' | 'contains' | 'startswith' | 'endswith'
  readonly windash: boolean
  readonly encoding: TextEncoding | undefined
  readonly base64: 'no' | 'whole' | 'offset'
  readonly expand: boolean
  readonly special: 'none' | 'regex' | 'cidr' | 'exists' | 'fieldref'
  readonly regexFlags: { readonly ignoreCase: boolean; readonly multiline: boolean; readonly dotAll: boolean }
  readonly compare: CompareOperator | undefined
  readonly time: TimePart | undefined
}

type Draft = { -readonly [K in keyof FieldSpec]: FieldSpec[K] }

const ignoreCase = (draft: Draft): void => void (draft.regexFlags = { ...draft.regexFlags, ignoreCase: true })
const multiline = (draft: Draft): void => void (draft.regexFlags = { ...draft.regexFlags, multiline: true })
const dotAll = (draft: Draft): void => void (draft.regexFlags = { ...draft.regexFlags, dotAll: true })

/** Each of them only widens: `startswith|endswith` puts a wildcard on both sides, which is `contains`. */
function place(where: FieldSpec['where']): (draft: Draft) => void {
  return (draft) =>
    void (draft.where = draft.where === 'equals' || draft.where === where ? where : 'contains')
}

const modifiers: Readonly<Record<string, (draft: Draft) => void>> = {
  all: (draft) => void (draft.all = true),
  cased: (draft) => void (draft.cased = true),
  neq: (draft) => void (draft.negated = true),
  contains: place('contains'),
  startswith: place('startswith'),
  endswith: place('endswith'),
  windash: (draft) => void (draft.windash = true),
  base64: (draft) => void (draft.base64 = 'whole'),
  base64offset: (draft) => void (draft.base64 = 'offset'),
  utf16le: (draft) => void (draft.encoding = 'utf16le'),
  wide: (draft) => void (draft.encoding = 'utf16le'),
  utf16be: (draft) => void (draft.encoding = 'utf16be'),
  utf16: (draft) => void (draft.encoding = 'utf16'),
  expand: (draft) => void (draft.expand = true),
  re: (draft) => void (draft.special = 'regex'),
  cidr: (draft) => void (draft.special = 'cidr'),
  exists: (draft) => void (draft.special = 'exists'),
  fieldref: (draft) => void (draft.special = 'fieldref'),
  i: ignoreCase,
  ignorecase: ignoreCase,
  m: multiline,
  multiline,
  s: dotAll,
  dotall: dotAll,
  lt: (draft) => void (draft.compare = 'lt'),
  lte: (draft) => void (draft.compare = 'lte'),
  gt: (draft) => void (draft.compare = 'gt'),
  gte: (draft) => void (draft.compare = 'gte'),
  minute: (draft) => void (draft.time = 'minute'),
  hour: (draft) => void (draft.time = 'hour'),
  day: (draft) => void (draft.time = 'day'),
  week: (draft) => void (draft.time = 'week'),
  month: (draft) => void (draft.time = 'month'),
  year: (draft) => void (draft.time = 'year'),
}

/** Names of all modifiers, for messages and docs. */
export const modifierNames: readonly string[] = Object.keys(modifiers)

const placing = new Set(['contains', 'startswith', 'endswith'])
const encodings = new Set(['utf16le', 'utf16be', 'utf16', 'wide'])
const base64s = new Set(['base64', 'base64offset'])
const flags = new Set(['i', 'ignorecase', 'm', 'multiline', 's', 'dotall'])
const types = new Set(['re', 'cidr', 'exists', 'fieldref'])
const comparisons = new Set(['lt', 'lte', 'gt', 'gte'])
const times = new Set(['minute', 'hour', 'day', 'week', 'month', 'year'])
/** Modifiers that turn a value into another before it is compared: only for texts. */
const changing = new Set([...encodings, ...base64s, 'windash'])
/** Modifiers that say of what kind a value is; they look at it as it stands in the rule. */
const kinds = new Set([...types, ...comparisons, ...times])

/** One choice of each group: a second one would silently replace the first. */
const groups: readonly (readonly [names: ReadonlySet<string>, what: string])[] = [
  [encodings, 'encoding'],
  [base64s, 'base64'],
  [types, 'type of value'],
  [comparisons, 'comparison'],
  [times, 'part of a time'],
]

/** Modifiers work in the order in which they stand (specification 2.1); these orders would mean something else. */
const orders: readonly (readonly [first: ReadonlySet<string>, then: ReadonlySet<string>])[] = [
  [encodings, base64s],
  [base64s, placing],
  [types, flags],
]

/** What is wrong with the modifiers of a field; undefined when nothing is. */
function contradiction(draft: Draft, names: readonly string[]): string | undefined {
  for (const [group, what] of groups)
    if (new Set(names.filter((name) => group.has(name))).size > 1) return `only one ${what}`
  const isPlaced = draft.where !== 'equals'
  const { special } = draft
  if (isPlaced && (special === 'cidr' || special === 'exists'))
    return `${special} cannot be combined with ${draft.where}`
  // A search finds its pattern anywhere as it is; where it must stand is said with ^ and $.
  if (special === 'regex' && isPlaced && draft.where !== 'contains')
    return 're says with ^ and $ where it stands'
  if (names.some((name) => flags.has(name)) && special !== 'regex') return 'i, m and s belong behind re'
  const hasKind = names.some((name) => kinds.has(name))
  if (hasKind && names.some((name) => changing.has(name))) return 'only texts can be changed'
  if (draft.cased && (special === 'cidr' || special === 'exists' || draft.regexFlags.ignoreCase))
    return 'cased says nothing here'
  if ((draft.compare !== undefined || draft.time !== undefined) && (isPlaced || special !== 'none'))
    return 'a comparison stands alone'
  if (draft.compare !== undefined && draft.cased) return 'cased says nothing here'
  if (draft.expand && special === 'exists') return 'exists needs true or false'
  if (draft.field === '' && hasKind && special !== 'regex') return 'keywords have no such comparison'
  if (draft.encoding === 'utf16' && draft.base64 === 'no')
    return 'utf16 needs base64 or base64offset behind it'
  return misplaced(names)
}

function misplaced(names: readonly string[]): string | undefined {
  for (const [first, then] of orders) {
    const early = names.findIndex((name) => then.has(name))
    const late = names.findLastIndex((name) => first.has(name))
    if (early >= 0 && late > early) return `${names[late] ?? ''} must stand before ${names[early] ?? ''}`
  }
  return undefined
}

/**
 * Reads `field|modifier|modifier`.
 * @throws SigmaError SIGMA_MODIFIER for an unknown or contradicting modifier: never a silent wrong match.
 */
export function readFieldSpec(key: string, path: SigmaPath): FieldSpec {
  const [field = '', ...names] = key.split('|')
  const draft: Draft = {
    field,
    all: false,
    cased: false,
    negated: false,
    where: 'equals',
    windash: false,
    encoding: undefined,
    base64: 'no',
    expand: false,
    special: 'none',
    regexFlags: { ignoreCase: false, multiline: false, dotAll: false },
    compare: undefined,
    time: undefined,
  }
  for (const name of names) {
    const apply = Object.hasOwn(modifiers, name) ? modifiers[name] : undefined
    if (apply === undefined)
      throw new SigmaError('SIGMA_MODIFIER', path, `modifier ${name.slice(0, 40)} is not known`)
    apply(draft)
  }
  const problem = contradiction(draft, names)
  if (problem !== undefined)
    throw new SigmaError('SIGMA_MODIFIER', path, `${problem} (${names.join('|')})`.slice(0, 300))
  return draft
}
