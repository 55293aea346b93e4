import { parseListedHead } from '../http/head-of-list.ts'
import { listHeaders } from '../http/header-list.ts'
import type { HttpLimits } from '../http/limits.ts'
import { refusals } from '../http/refusal.ts'
import type { Refusal } from '../http/refusal.ts'
import { noLength } from '../http/request-head.ts'
import type { RequestHead } from '../http/request-head.ts'

/** What another proxy says of the request that it asks about. */
export interface AskedRequest {
  readonly head: RequestHead
  /** Address of the client; empty when the proxy named none. */
  readonly client: string
}

/** Who asks; each has its own names for the parts of the original request. */
export type QuestionKind = 'auth-request' | 'forward-auth'

interface Names {
  readonly method: string
  readonly target: string
  /** Empty: the Host of the question is that of the original. */
  readonly host: string
}

// Only the names that this proxy writes itself: by those of another, a client could tell a story of its own.
const namesOf: Readonly<Record<QuestionKind, Names>> = {
  'auth-request': { method: 'x-original-method', target: 'x-original-uri', host: '' },
  'forward-auth': { method: 'x-forwarded-method', target: 'x-forwarded-uri', host: 'x-forwarded-host' },
}
// Of the question itself, not of the request that is asked about.
const own = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'expect', 'upgrade'])

/** Rightmost entry of a list: the one that the asking proxy itself wrote. */
function last(list: string | undefined): string {
  return (list ?? '').split(',').at(-1)?.trim() ?? ''
}

interface Told {
  readonly values: ReadonlyMap<string, string>
  readonly headers: readonly string[]
}

/** Parts of the story, and the headers of the original; null when a part is told twice. */
function tell(question: RequestHead, names: Names): Told | null {
  const told = new Set([names.method, names.target, names.host, 'x-forwarded-for'])
  const list = listHeaders(question.text)
  const values = new Map<string, string>()
  const headers: string[] = []
  for (let i = 0; i + 1 < list.length; i += 2) {
    const name = (list[i] ?? '').toLowerCase()
    if (told.has(name)) {
      if (values.has(name)) return null
      values.set(name, list[i + 1] ?? '')
    } else if (!own.has(name)) headers.push(list[i] ?? '', list[i + 1] ?? '')
  }
  return { values, headers }
}

/**
 * The request that a question is about, from the headers of the question (nginx auth_request, Caddy and Traefik
 * forward auth): judged as strictly as if it had come here itself. Without a target there is nothing to judge.
 */
export function askedHead(
  question: RequestHead,
  kind: QuestionKind,
  limits: HttpLimits,
): AskedRequest | Refusal {
  const names = namesOf[kind]
  const story = tell(question, names)
  if (story === null) return refusals.EDGE_HEADER_REPEATED
  const { values, headers } = story
  const target = values.get(names.target)
  if (target === undefined) return refusals.EDGE_TARGET
  const host = values.get(names.host) ?? question.host?.authority
  const head = parseListedHead(
    {
      method: values.get(names.method) ?? question.method,
      target,
      headers: host === undefined ? headers : ['Host', host, ...headers],
      minorVersion: host === undefined ? 0 : 1,
    },
    limits,
  )
  if ('refused' in head) return head
  // Nobody sends the body here: it is not read, and not waited for.
  return {
    head: { ...head, contentLength: noLength, chunked: false, upgrade: false },
    client: last(values.get('x-forwarded-for')),
  }
}
