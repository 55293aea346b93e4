import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Bouncer } from '../bouncers/bouncer-keys.ts'
import type { Machine } from '../machines/machine-keys.ts'

/** The two doors: the Unix socket (its folder is the credential) and TCP (needs a key or a token). */
export type Door = 'socket' | 'tcp'

/** Who asks. */
export type Caller =
  | { readonly kind: 'local' }
  | { readonly kind: 'bouncer'; readonly bouncer: Bouncer }
  | { readonly kind: 'machine'; readonly machine: Machine }
  | { readonly kind: 'nobody' }

/** One request on its way to its answer. */
export interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  readonly caller: Caller
  /** Name of an agent that showed its certificate; it logs in with it. */
  readonly agent?: string
  /** What the route's pattern captured. */
  readonly captured: readonly string[]
}

/** Who may use a route; the socket may use all of them. */
export type Access = 'anybody' | 'bouncer' | 'machine' | 'either' | 'local'

/** One endpoint. HEAD is answered as GET without its body. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Of the whole path. */
  readonly path: RegExp
  readonly access: Access
  readonly run: (call: Call) => void | Promise<void>
}

/** A refusal. */
export interface Problem {
  readonly status: number
  readonly code: string
  readonly message: string
}

/** Answers with JSON text that is ready. Nothing happens when an answer was begun or the reader is gone. */
export function answerText(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(text)
}

/** Answers with a value as JSON. */
export function answer(response: ServerResponse, status: number, body: unknown): void {
  answerText(response, status, JSON.stringify(body))
}

/** Answers with a refusal; `message` is what CrowdSec's clients show. */
export function refuseCall(response: ServerResponse, { status, code, message }: Problem): void {
  answer(response, status, { code, message })
}

/** The refusal for what is not there. */
export function notFound(response: ServerResponse, message = 'no such endpoint'): void {
  refuseCall(response, { status: 404, code: 'DETECTION_NOT_FOUND', message })
}

/** Somebody's name for the record: the machine, or who the socket says it is. */
export function actorOf(caller: Caller, said: unknown): string {
  if (caller.kind === 'machine') return `machine ${caller.machine.name}`
  return shortText(said) || 'local'
}

/** Text of at most 500 characters; empty for anything else. */
export function shortText(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 500) : ''
}
