import { compileRegex } from '@sevenfold/regex'

/** A pattern in grok's form, or why there is none. */
export type Translated =
  | {
      readonly kind: 'pattern'
      readonly pattern: string
      /** Named parts that the pattern refers to, for `pattern_syntax`. */
      readonly syntax: ReadonlyMap<string, string>
      readonly hasUser: boolean
    }
  /** It only helps fail2ban to join lines or to forget; nothing is lost without it. */
  | { readonly kind: 'helper'; readonly why: string }
  | { readonly kind: 'impossible'; readonly why: string }

/** What names are made from. */
export interface TranslateContext {
  /** Prefix of the names of patterns: they are global, the first of a name wins. */
  readonly prefix: string
}

/** An address as `<HOST>` finds it; no names, since no name can be banned. */
export const addressPattern =
  '(?:\\d{1,3}(?:\\.\\d{1,3}){3}|(?:[0-9A-Fa-f]{1,4}::?|::){1,7}(?:[0-9A-Fa-f]{1,4}|:)?(?:\\d{1,3}(?:\\.\\d{1,3}){3})?)'

const hostTag = /<(?:HOST|ADDR|IP4|IP6)>/g
// Tags whose content is only a part of the match for us.
const plainTags = /<\/?F-(?!USER|ALT_USER|NOFAIL|MLFGAINED|ID\b)[A-Z0-9_]+\/?>/g

function impossible(why: string): Translated {
  return { kind: 'impossible', why }
}

/** What a text without tags needs to be a pattern of Go's syntax. */
function toGo(text: string): string {
  return text
    .replaceAll(/\(\?P<\w+>/g, '(?:')
    .replaceAll(/\\Z/g, '\\z')
    .replaceAll('\\ ', ' ')
    .replaceAll(/\{,(\d+)\}/g, '{0,$1}')
    .replaceAll(/\(\?([aiLmsux]+)\)/g, (_whole, flags: string) => {
      const kept = flags.replaceAll(/[aLux]/g, '')
      return kept === '' ? '' : `(?${kept})`
    })
    .replaceAll(/\\(["'/<>=@#%&~`!:;,_])/g, '$1')
}

/**
 * The text without capturing groups and with literal parentheses as `\\x28`: grok finds its fields by counting
 * parentheses, and its way of counting takes some literal ones for groups, and letters before a closing one for flags.
 */
function withoutGroups(text: string): string {
  let out = ''
  let isInClass = false
  for (let i = 0; i < text.length; i += 1) {
    const unit = text[i] ?? ''
    if (unit === '\\') {
      const escaped = text[i + 1] ?? ''
      out += escaped === '(' ? '\\x28' : unit + escaped
      i += 1
      continue
    }
    if (isInClass) {
      out += unit === '(' ? '\\x28' : unit
      if (unit === ']') isInClass = false
      continue
    }
    if (unit === ')') out = withoutFlagLook(out)
    out += unit === '(' && text[i + 1] !== '?' ? '(?:' : unit
    if (unit !== '[') continue
    isInClass = true
    // A bracket that comes first is a member.
    for (const next of ['^', ']']) {
      if (text[i + 1] !== next) continue
      out += next
      i += 1
    }
  }
  return out
}

/** The text before a closing parenthesis, its last letter in a class when it could be taken for a flag. */
function withoutFlagLook(before: string): string {
  if (/\(\?[imsU-]+$/.test(before)) return before
  return before.replace(/(\\?[imsU-])$/, '[$1]')
}

/**
 * The pattern of sshd's filter for failed logins has a condition in it. This one is narrower: a name without spaces, and
 * nothing behind the address. Names with spaces, which could hold another address, are left to the hub's parser. Lines
 * about public keys, which clients offer by the dozen, are no failures by themselves, as in fail2ban.
 */
const failedLogin =
  'Failed (?:[^p\\s]\\S*|p[^u\\s]\\S*) for (?:invalid user )?<F-USER>\\S*</F-USER> from <HOST>(?: (?:port \\d+|on \\S+)){0,2}(?: ssh\\d*)?$'

function rewritten(failregex: string): string {
  const at = failregex.indexOf('Failed ')
  return at >= 0 && failregex.includes('(?P<cond_inv>invalid user )?')
    ? failregex.slice(0, at) + failedLogin
    : failregex
}

const unsupported: readonly (readonly [RegExp, string])[] = [
  [/\(\?\(/, 'a conditional'],
  [/\(\?P=/, 'a back-reference'],
  [/\\[1-9]/, 'a back-reference'],
  [/\(\?<?[=!]/, 'a look-around'],
  [/<SKIPLINES>/, 'several lines at once'],
  [/<(?:DNS|CIDR|SUBNET)>/, 'a name or a network instead of an address'],
]

/** Splits off `<F-USER>…</F-USER>`; each becomes a pattern with a name of its own. */
function takeUsers(text: string, prefix: string): { text: string; syntax: Map<string, string> } {
  const syntax = new Map<string, string>()
  const replaced = text.replaceAll(/<F-(?:ALT_)?USER>(.*?)<\/F-(?:ALT_)?USER>/g, (_whole, inner: string) => {
    const name = `${prefix}_USER${syntax.size + 1}`
    syntax.set(name, withoutGroups(toGo(inner)))
    return `%{${name}:fail2ban_user${syntax.size === 1 ? '' : syntax.size}}`
  })
  return { text: replaced, syntax }
}

function check(pattern: string, syntax: ReadonlyMap<string, string>): string | undefined {
  const plain = pattern.replaceAll(
    /%\{(\w+)(?::\w+)?\}/g,
    (_whole, name: string) => `(?:${syntax.get(name) ?? ''})`,
  )
  try {
    compileRegex(plain, { mode: 'string', dialect: 'go' })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/**
 * Translates a failregex of fail2ban, its options expanded, into a grok pattern of Go's syntax with exactly the same
 * meaning; what has none (look-around, conditionals, back-references) is refused and never widened: a wider pattern
 * would let somebody write other people's addresses into a log through a user name.
 */
export function translateFailregex(original: string, context: TranslateContext): Translated {
  const failregex = rewritten(original)
  if (/<F-NOFAIL>|<F-MLFGAINED>/.test(failregex))
    return { kind: 'helper', why: 'finds no failure; it only joins lines of one session' }
  const hosts = failregex.match(hostTag)?.length ?? 0
  for (const [form, what] of unsupported) if (form.test(failregex)) return impossible(`needs ${what}`)
  if (hosts === 0)
    return impossible(/<F-ID>/.test(failregex) ? 'counts by an id that is no address' : 'names no address')
  if (hosts > 2) return impossible('names more than two addresses')
  const users = takeUsers(failregex.replaceAll(plainTags, ''), context.prefix)
  const syntax = new Map([[`${context.prefix}_IP`, addressPattern], ...users.syntax])
  let seen = 0
  const pattern = withoutGroups(toGo(users.text.replaceAll(/<\/?F-[A-Z0-9_]+\/?>/g, ''))).replaceAll(
    hostTag,
    () => {
      seen += 1
      return `\\[?(?:::f{4,6}:)?%{${context.prefix}_IP:fail2ban_ip${seen === 1 ? '' : seen}}\\]?`
    },
  )
  const left = /<[\w/-]+>/.exec(pattern)
  if (left !== null && !syntax.has(left[0])) return impossible(`needs ${left[0]}, which nothing defines`)
  const fault = check(pattern, syntax)
  return fault === undefined
    ? { kind: 'pattern', pattern, syntax, hasUser: users.syntax.size > 0 }
    : impossible(`is no pattern here: ${fault}`)
}
