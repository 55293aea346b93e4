import { isActiveTag, isEventHandler, isUrlAttribute } from './html-names.ts'
import { decodeEntities, isScriptStyle, isScriptUrl } from './html-script-value.ts'
import { type HtmlContext, type HtmlToken, HtmlTokenizer } from './html-tokenizer.ts'

/** Why a value would run a script in a page that includes it unescaped. */
export interface XssFinding {
  /** Where in the page the value would have to stand. */
  readonly context: HtmlContext
  /** One sentence for people, without any text of the value. */
  readonly reason: string
}

// Code, not a word: a call, an assignment, a template literal, or an encoded one of these.
const SCRIPT_LIKE = /[(=`[;\\]|&[#a-z]|:|^(?:new|throw|void|typeof|await|delete)$/i

function judgeAttribute(token: HtmlToken): string | null {
  const name = token.name.toLowerCase()
  const value = token.value
  if (value === null) return null
  if (isEventHandler(name)) return token.inTag || SCRIPT_LIKE.test(value) ? 'an event handler is set' : null
  if (name === 'style' || name === 'filter') return isScriptStyle(value) ? 'a style could run a script' : null
  if (name === 'srcdoc') return 'a frame gets a document'
  if (isUrlAttribute(name) && isScriptUrl(value)) return 'a link or source runs a script'
  if (name === 'attributename') {
    const target = decodeEntities(value).trim().toLowerCase()
    return isEventHandler(target) || isUrlAttribute(target) ? 'an animation sets an active attribute' : null
  }
  if (name === 'datasrc' || name === 'dataformatas') return 'data binding fills the page'
  if (name === 'xmlns' || name.startsWith('xmlns:') || name.startsWith('xlink:'))
    return token.inTag ? 'a foreign namespace is opened' : null
  return null
}

const ACTIVE_COMMENT = /`|^\s*\[if|^xml|^\s*(?:import|entity)\b|<!|\bimport\b|\bentity\b/i

function judgeToken(token: HtmlToken): string | null {
  switch (token.kind) {
    case 'doctype':
      return 'a document type is declared'
    case 'tag':
      return isActiveTag(token.name) ? 'an active element is added' : null
    case 'comment':
      return ACTIVE_COMMENT.test(token.name) ? 'a comment is active in some browsers' : null
    case 'attribute':
      return judgeAttribute(token)
  }
}

function judgeContext(input: string, context: HtmlContext, quirks = false): string | null {
  const tokenizer = new HtmlTokenizer(input, context, quirks)
  while (tokenizer.next()) {
    const reason = judgeToken(tokenizer.token)
    if (reason !== null) return reason
  }
  return tokenizer.quoted && !quirks && context === 'text' ? judgeContext(input, context, true) : null
}

const STARTS_ATTRIBUTE = /^[\s/]*[a-z:-]{2,40}\s*=/i

/**
 * Tells whether a value (a byte string) would run a script in an HTML page that includes it
 * unescaped. The value is read by an HTML tokenizer as text, and as though it began inside an
 * unquoted, single-, double- or back-tick-quoted attribute value. Null when nothing active is
 * found. Time is linear in the input.
 */
export function detectXSS(input: string): XssFinding | null {
  const markup = input.includes('<')
  const assigns = input.includes('=')
  if (!markup && !assigns) return null
  if (markup) {
    const reason = judgeContext(input, 'text')
    if (reason !== null) return { context: 'text', reason }
  }
  if (!assigns) return null
  if (STARTS_ATTRIBUTE.test(input)) {
    const reason = judgeContext(input, 'tag')
    if (reason !== null) return { context: 'tag', reason }
  }
  for (const [context, quote] of [
    ['single', "'"],
    ['double', '"'],
    ['backtick', '`'],
    ['unquoted', ''],
  ] as const) {
    if (!input.includes(quote)) continue
    const reason = judgeContext(input, context)
    if (reason !== null) return { context, reason }
  }
  return null
}
