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

// `onClick={() => …}` and `onClick={save}`, as people post components: what a page would take for the script, up to the
// first blank or `>`, calls and sets nothing.
const COMPONENT_HANDLER = /^on[A-Z]/
const COMPONENT_VALUE = /^\{(?:[A-Za-z_$][\w$.]{0,60}\}?|\([\w$,{}]{0,40}\)?=?)$/

function judgeAttribute(token: HtmlToken): string | null {
  const name = token.name.toLowerCase()
  const value = token.value
  if (value === null) return null
  if (COMPONENT_HANDLER.test(token.name) && COMPONENT_VALUE.test(value)) return null
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

const STARTS_ATTRIBUTE = /^[\s/]*[a-z:-]{2,40}\s*=/i

const contexts: readonly HtmlContext[] = ['text', 'tag', 'single', 'double', 'backtick', 'unquoted']
const quotes: Readonly<Partial<Record<HtmlContext, string>>> = { single: "'", double: '"', backtick: '`' }

/** The judgement of one value, in pieces: a long one must not keep other requests waiting. */
export class XssSearch {
  /** What was found, once `goOn` gave true; null when nothing was. */
  finding: XssFinding | null = null
  /** Bytes read so far, in all readings. */
  work = 0
  readonly #input: string
  /** Number of the context to read next. */
  #next = 0
  #context: HtmlContext = 'text'
  #quirks = false
  #tokenizer: HtmlTokenizer | null = null

  constructor(input: string) {
    this.#input = input
  }

  /** Reads on for about `work` bytes; true when the value is judged. */
  goOn(work: number): boolean {
    const until = this.work + work
    while (this.work < until) {
      if (this.#tokenizer === null) {
        if (!this.#open()) return true
      } else if (this.#readOn(this.#tokenizer, until - this.work)) return true
    }
    return false
  }

  /** Begins the next reading; false when there is none. */
  #open(): boolean {
    for (;;) {
      const context = contexts[this.#next]
      if (context === undefined) return false
      this.#next++
      if (!this.#mayStandIn(context)) continue
      this.#begin(context, false)
      return true
    }
  }

  #begin(context: HtmlContext, quirks: boolean): void {
    this.#context = context
    this.#quirks = quirks
    this.#tokenizer = new HtmlTokenizer(this.#input, context, quirks)
    this.work += this.#tokenizer.at
  }

  #mayStandIn(context: HtmlContext): boolean {
    const input = this.#input
    if (context === 'text') return input.includes('<')
    if (!input.includes('=')) return false
    return context === 'tag' ? STARTS_ATTRIBUTE.test(input) : input.includes(quotes[context] ?? '')
  }

  /** Reads on in one context; true when something is found. */
  #readOn(tokenizer: HtmlTokenizer, most: number): boolean {
    const from = tokenizer.at
    const until = from + most
    while (tokenizer.next(until)) {
      const reason = judgeToken(tokenizer.token)
      if (reason === null) continue
      this.finding = { context: this.#context, reason }
      return true
    }
    this.work += Math.max(1, tokenizer.at - from)
    if (tokenizer.at < this.#input.length) return false
    if (tokenizer.quoted && !this.#quirks && this.#context === 'text') this.#begin('text', true)
    else this.#tokenizer = null
    return false
  }
}

/**
 * Tells whether a value (a byte string) would run a script in an HTML page that includes it
 * unescaped. The value is read by an HTML tokenizer as text, and as though it began inside an
 * unquoted, single-, double- or back-tick-quoted attribute value. Null when nothing active is
 * found. Time is linear in the input.
 */
export function detectXSS(input: string): XssFinding | null {
  if (!input.includes('<') && !input.includes('=')) return null
  const search = new XssSearch(input)
  search.goOn(Infinity)
  return search.finding
}
