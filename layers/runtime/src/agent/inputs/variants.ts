import { codeAt } from '../lexers/code-at.ts'
import { parseJson } from './parse-json.ts'

/** Words below this length are read as they are. */
export const shortestEncoded = 8
const base64Form = /^[A-Za-z0-9+/_-]{8,}={0,2}$/
// A signed token: its middle is JSON in base64url (RFC 7519, section 3); perhaps behind a scheme.
const tokenForm = /^(?:[A-Za-z]+ )?[\w-]{8,}\.([\w-]{8,})\.[\w-]*$/
const longestDecoded = 16_384
// A signed cookie of Express and its like ends with a signature in base64.
const signedForm = /^s:([\s\S]+)\.[A-Za-z0-9+/=]{20,}$/

function percentDecoded(text: string): string | undefined {
  if (!text.includes('%')) return undefined
  try {
    const decoded = decodeURIComponent(text)
    return decoded === text ? undefined : decoded
  } catch {
    return undefined // a broken escape decodes to nothing that an application could use
  }
}

function isPrintable(text: string): boolean {
  let odd = 0
  for (let i = 0; i < text.length; i += 1) {
    const unit = codeAt(text, i)
    if (unit === 0xfffd || (unit < 0x20 && unit !== 9 && unit !== 10 && unit !== 13)) odd += 1
  }
  return odd === 0
}

/** A text that was written in base64; undefined for what decodes to no text. */
export function readBase64(text: string): string | undefined {
  if (text.length > longestDecoded || !base64Form.test(text)) return undefined
  const decoded = Buffer.from(text, 'base64').toString('utf8')
  return decoded.length >= 3 && isPrintable(decoded) ? decoded : undefined
}

const longestDocument = 65_536
const maxLiterals = 200

/** Texts inside a GraphQL document: arguments that are written there and not sent as variables (specification, 2.9.4). */
function graphqlLiterals(text: string): readonly string[] {
  if (
    text.length > longestDocument ||
    !/^\s*(?:(?:query|mutation|subscription)\b[^"]*)?\{\s*[A-Za-z_.]/.test(text)
  )
    return []
  const literals: string[] = []
  for (const [whole, block] of text.matchAll(/"""([\s\S]*?)"""|"(?:[^"\\\n]|\\.)*"/g)) {
    if (literals.length >= maxLiterals) break
    const value = block ?? parseJson(whole)
    if (typeof value === 'string' && value.length > 1) literals.push(value)
  }
  return literals
}

/** What Express and its like make of a cookie: JSON behind `j:`, a value behind `s:` without its signature. */
function cookieValue(text: string): string | undefined {
  if (text[1] !== ':' || (text[0] !== 's' && text[0] !== 'j')) return undefined
  const signed = signedForm.exec(text)?.[1] ?? text
  return signed.startsWith('j:') ? signed.slice(2) : signed === text ? undefined : signed
}

/**
 * The forms in which an application may hand on an input: as it came, percent-decoded once more, from base64, and with
 * backslashes as slashes. At most a few for each input.
 */
export function variantsOf(text: string): readonly string[] {
  const variants = [text]
  const percent = percentDecoded(text)
  if (percent !== undefined) variants.push(percent)
  const base64 = readBase64(text)
  if (base64 !== undefined) variants.push(base64)
  const token = tokenForm.exec(text)?.[1]
  const claims = token === undefined ? undefined : readBase64(token)
  if (claims !== undefined) variants.push(claims)
  const cookie = cookieValue(text)
  if (cookie !== undefined) variants.push(cookie)
  if (text.includes('\\')) variants.push(text.replaceAll('\\', '/'))
  if (text.includes('"') && text.includes('{')) variants.push(...graphqlLiterals(text))
  return variants
}
