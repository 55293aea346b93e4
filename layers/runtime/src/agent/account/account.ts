import type { EventDraft } from '@sevenfold/event'
import type { Agent } from '../agent.ts'
import { currentRequest } from '../request-context.ts'
import type { RequestContext } from '../request-context.ts'
import { authenticationDraft } from '../report/authentication-draft.ts'
import type { DraftSources } from '../report/block-draft.ts'
import type { Blocks } from './blocks.ts'

/** A login as the application saw it. */
export interface Login {
  readonly user: string
  readonly isSuccess: boolean
  /** Why it failed, in a word or two. */
  readonly reason?: string
}

/** An act that the application denied to somebody. */
export interface Denial {
  /** Empty for somebody who is not logged in. */
  readonly user?: string
  /** What was denied: `DELETE /orders/7`, `admin area`. */
  readonly act: string
}

const longestName = 256

/** Tells of logins and denials, and knows who may not come in. */
export class Account {
  readonly #agent: Agent
  readonly #blocks: Blocks
  readonly #emit: (draft: EventDraft) => void
  readonly #sources: DraftSources

  constructor(
    agent: Agent,
    blocks: Blocks,
    options: { emit: (draft: EventDraft) => void; sources: DraftSources },
  ) {
    this.#agent = agent
    this.#blocks = blocks
    this.#emit = options.emit
    this.#sources = options.sources
  }

  /** Tells of a login; the request's one login is told once. */
  login({ user, isSuccess, reason }: Login, served?: RequestContext): void {
    const context = served ?? currentRequest.getStore()
    if (context?.hasTold === true) return
    if (context !== undefined) context.hasTold = true
    this.#tell(
      { outcome: isSuccess ? 'success' : 'failure', user, ...(reason === undefined ? {} : { reason }) },
      context,
    )
  }

  /** Tells of something that was denied. */
  deny({ user = '', act }: Denial): void {
    this.#tell({ outcome: 'failure', user, reason: `denied: ${act}` }, currentRequest.getStore())
  }

  /**
   * Says who the current request works for. False when a decision keeps this user out: the request was answered with
   * 403 then, if nothing had been sent.
   */
  user(name: string): boolean {
    const context = currentRequest.getStore()
    if (context === undefined || this.#agent.mode === 'off') return true
    context.user = name
    const refusal = this.#blocks.refusalOf(context)
    if (refusal === undefined) return true
    this.#agent.counters.refused += this.#agent.mode === 'enforce' ? 1 : 0
    if (this.#agent.mode !== 'enforce') return true
    answer(context, refusal)
    return false
  }

  #tell(
    facts: { outcome: 'success' | 'failure'; user: string; reason?: string },
    context: RequestContext | undefined,
  ): void {
    try {
      const user = facts.user.slice(0, longestName)
      this.#emit(authenticationDraft({ ...facts, user }, context, this.#sources))
    } catch (error) {
      this.#agent.fault(error, 'account')
    }
  }
}

/** Why a request is not served. */
export interface EntryRefusal {
  readonly status: 403 | 429
  /** Seconds after which another attempt makes sense. */
  readonly retryAfter?: number
}

/** Answers in the application's place, unless something was sent already. */
export function answer({ response }: RequestContext, { status, retryAfter }: EntryRefusal): void {
  if (response.headersSent) return
  const body = status === 429 ? 'too many requests\n' : 'refused\n'
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': body.length,
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
  })
  response.end(body)
}
