import { Buffer } from 'node:buffer'
import type { Exchange, Peer, RefusalAnswer, RequestHandler } from '../http/exchange.ts'
import type { HttpLimits } from '../http/limits.ts'
import type { Refusal } from '../http/refusal.ts'
import { plainHead } from '../http/response-head.ts'
import type { ResponseHead } from '../http/response-head.ts'
import { reasonPhrase } from '../http/status-line.ts'
import { AskedExchange } from './asked-exchange.ts'
import { askedHead } from './asked-head.ts'
import type { QuestionKind } from './asked-head.ts'

/** What the questions of other proxies are answered with. */
export interface QuestionsOptions {
  readonly kind: QuestionKind
  /** Judges a request as if it had come here. */
  readonly judge: (exchange: Exchange) => void
  /** Records a head that cannot be judged. */
  readonly refused: (peer: Peer, refusal: Refusal) => RefusalAnswer
  /** Who may ask. */
  readonly trusts: (address: string) => boolean
  readonly limits: HttpLimits
}

const forbidden = 403
const unauthorized = 401

/**
 * Answers nginx (auth_request) and Caddy or Traefik (forward auth): 200 lets the request pass. nginx knows only 401 and
 * 403 as a refusal and takes everything else for an error of ours, so it gets 403 for every refusal.
 */
export class HttpQuestions implements RequestHandler {
  private readonly options: QuestionsOptions

  constructor(options: QuestionsOptions) {
    this.options = options
  }

  request(exchange: Exchange): void {
    const { limits, trusts, refused, judge } = this.options
    const { peer } = exchange
    if (!trusts(peer.address)) {
      const text = Buffer.from('this address may not ask\n')
      exchange.respond(plainHead(forbidden, reasonPhrase(forbidden), '', text.length), text, true)
      return
    }
    const asked = askedHead(exchange.head, this.options.kind, limits)
    if ('refused' in asked) {
      const answer = refused(peer, asked)
      const body = Buffer.from(answer.body)
      this.send(
        exchange,
        plainHead(asked.status, reasonPhrase(asked.status), answer.fields, body.length),
        body,
      )
      return
    }
    const client = asked.client === '' ? peer.address : asked.client
    const about = new AskedExchange(
      asked.head,
      { ...peer, address: client, port: 0, note: null },
      { verdict: (head, body) => this.send(exchange, head, body), broken: () => exchange.destroy() },
    )
    exchange.listener = {
      requestBody: () => undefined,
      requestEnd: () => undefined,
      refused: (refusal) => refused(peer, refusal),
      aborted: () => about.gone(),
      drained: () => undefined,
    }
    judge(about)
  }

  refused(peer: Peer, refusal: Refusal): RefusalAnswer {
    return this.options.refused(peer, refusal)
  }

  overLimit(): void {
    // Proxies of this house; their number is theirs to bound.
  }

  isProxy(): boolean {
    return true
  }

  private send(exchange: Exchange, head: ResponseHead, body: Buffer | null): void {
    const passes = head.status >= 200 && head.status < 300
    const known = head.status === unauthorized || head.status === forbidden || passes
    const status = this.options.kind === 'auth-request' && !known ? forbidden : head.status
    const verdict = `X-Sevenfold-Verdict: ${passes ? 'pass' : 'block'}\r\n`
    exchange.respond(
      { ...head, status, reason: reasonPhrase(status), fields: head.fields + verdict },
      body,
      true,
    )
  }
}
