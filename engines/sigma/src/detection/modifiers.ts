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

const modifiers: Readonly<Record<string, (draft: Draft) => void>> = {
  all: (draft) => void (draft.all = true),
  cased: (draft) => void (draft.cased = true),
  neq: (draft) => void (draft.negated = true),
  contains: (draft) => void (draft.where = 'contains'),
  startswith: (draft) => void (draft.where = 'startswith'),
  endswith: (draft) => void (draft.where = 'endswith'),
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
  i: (draft) => void (draft.regexFlags = { ...draft.regexFlags, ignoreCase: true }),
  m: (draft) => void (draft.regexFlags = { ...draft.regexFlags, multiline: true }),
  s: (draft) => void (draft.regexFlags = { ...draft.regexFlags, dotAll: true }),
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

const wholeOnly = ['regex', 'cidr', 'exists']

function check(draft: Draft, names: readonly string[], path: SigmaPath): void {
  const conflict = (message: string): never => {
    throw new SigmaError('SIGMA_MODIFIER', path, `${message} (${names.join('|')})`)
  }
  const isPlaced = draft.where !== 'equals'
  if (wholeOnly.includes(draft.special) && isPlaced)
    conflict(`${draft.special} cannot be combined with ${draft.where}`)
  if (names.some((name) => 'ims'.includes(name)) && draft.special !== 'regex')
    conflict('i, m and s belong behind re')
  if (draft.compare !== undefined && (isPlaced || draft.special !== 'none'))
    conflict('a comparison stands alone')
  if (draft.time !== undefined && (isPlaced || draft.special !== 'none'))
    conflict('a part of a time stands alone')
  if (draft.encoding !== undefined && draft.base64 === 'no')
    conflict('an encoding needs base64 or base64offset behind it')
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
  check(draft, names, path)
  return draft
}
