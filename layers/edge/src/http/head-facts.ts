import { HeaderCursor } from './header-cursor.ts'
import type { RequestHead } from './request-head.ts'

const cursor = new HeaderCursor()

/** First values of the headers that steps look at; undefined where a header is missing. */
export interface HeadFacts {
  readonly head: RequestHead
  /** Lower-case name of the first header line. */
  readonly firstName: string
  readonly accept: string | undefined
  readonly cookie: string | undefined
  readonly clientHints: string | undefined
  readonly contentType: string | undefined
  readonly authorization: string | undefined
  readonly fetchMode: string | undefined
  readonly fetchDest: string | undefined
  readonly acceptLanguage: string | undefined
  readonly acceptEncoding: string | undefined
  readonly requestedWith: string | undefined
}

type Field = Exclude<keyof HeadFacts, 'head' | 'firstName'>

const fields: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['accept', 'accept'],
  ['cookie', 'cookie'],
  ['sec-ch-ua', 'clientHints'],
  ['content-type', 'contentType'],
  ['authorization', 'authorization'],
  ['sec-fetch-mode', 'fetchMode'],
  ['sec-fetch-dest', 'fetchDest'],
  ['accept-language', 'acceptLanguage'],
  ['accept-encoding', 'acceptEncoding'],
  ['x-requested-with', 'requestedWith'],
])
// Most names are of another length: they are not even cut out.
const lengths = new Uint8Array(64)
for (const name of fields.keys()) lengths[name.length] = 1

/** Reads all of them in one walk over the head. Hot: once for each request. */
export function readHeadFacts(head: RequestHead): HeadFacts {
  const facts: { -readonly [K in keyof HeadFacts]: HeadFacts[K] } = {
    head,
    firstName: '',
    accept: undefined,
    cookie: undefined,
    clientHints: undefined,
    contentType: undefined,
    authorization: undefined,
    fetchMode: undefined,
    fetchDest: undefined,
    acceptLanguage: undefined,
    acceptEncoding: undefined,
    requestedWith: undefined,
  }
  const { text } = head
  cursor.open(text, text.indexOf('\r\n') + 2)
  while (cursor.next()) {
    const length = cursor.nameEnd - cursor.nameStart
    if (facts.firstName === '') facts.firstName = text.slice(cursor.nameStart, cursor.nameEnd).toLowerCase()
    if (length >= 64 || lengths[length] === 0) continue
    const field = fields.get(text.slice(cursor.nameStart, cursor.nameEnd).toLowerCase())
    if (field !== undefined) facts[field] ??= cursor.value()
  }
  return facts
}
