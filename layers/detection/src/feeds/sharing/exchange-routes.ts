import { isJsonObject } from '@sevenfold/event'
import { actorOf, answer, notFound, refuseCall, shortText } from '../../api/call.ts'
import type { Call, Route } from '../../api/call.ts'
import { readJson } from '../../api/read-json.ts'
import type { Act } from '../../api/services.ts'
import type { Exchange, SignalRefusal } from './exchange.ts'

/** Most signals in one report. */
export const maxSignals = 200

/** What the routes serve. */
export interface ExchangeRoutesOptions {
  readonly exchange: Exchange
  /** Resolves when what was taken so far is on disk: a reporter that hears so does not say it again. */
  readonly kept: () => Promise<void>
  readonly onAct: (act: Act) => void
}

/**
 * `POST /v1/exchange/signals` for reporters, `GET /v1/exchange/list` for readers; for the operator
 * `GET /v1/exchange/reporters` and `POST /v1/exchange/reporters/NAME/pardon` with `{reason, actor?}`.
 */
export class ExchangeRoutes {
  readonly #options: ExchangeRoutesOptions
  readonly #exchange: Exchange

  constructor(options: ExchangeRoutesOptions) {
    this.#options = options
    this.#exchange = options.exchange
  }

  routes(): readonly Route[] {
    return [
      // Signals prove themselves by their signatures; nobody learns anything here.
      {
        method: 'POST',
        path: /^\/v1\/exchange\/signals$/,
        access: 'anybody',
        run: (call) => this.#take(call),
      },
      { method: 'GET', path: /^\/v1\/exchange\/list$/, access: 'bouncer', run: (call) => this.#list(call) },
      {
        method: 'GET',
        path: /^\/v1\/exchange\/reporters$/,
        access: 'local',
        run: ({ response }) => answer(response, 200, this.#exchange.reporters()),
      },
      {
        method: 'POST',
        path: /^\/v1\/exchange\/reporters\/([\w.-]{1,64})\/pardon$/,
        access: 'local',
        run: (call) => this.#pardon(call),
      },
    ]
  }

  async #take({ request, response }: Call): Promise<void> {
    const body = await readJson(request)
    if (!body.ok) return refuseCall(response, { ...body, code: 'DETECTION_BAD_REQUEST' })
    const list = body.value['signals']
    if (!Array.isArray(list) || list.length > maxSignals) {
      return refuseCall(response, {
        status: 400,
        code: 'DETECTION_BAD_REQUEST',
        message: `signals is a list of at most ${maxSignals}`,
      })
    }
    let taken = 0
    const refusals: Partial<Record<SignalRefusal, number>> = {}
    for (const item of list) {
      const { signal, signature } = isJsonObject(item) ? item : {}
      const isWhole = typeof signal === 'string' && typeof signature === 'string'
      const outcome = isWhole
        ? this.#exchange.take({ signal, signature })
        : ({ kind: 'refused', reason: 'malformed' } as const)
      if (outcome.kind === 'taken') taken += 1
      else refusals[outcome.reason] = (refusals[outcome.reason] ?? 0) + 1
    }
    if (taken > 0) await this.#options.kept()
    return answer(response, 200, { taken, refused: refusals })
  }

  async #pardon({ request, response, caller, captured }: Call): Promise<void> {
    const body = await readJson(request)
    if (!body.ok) return refuseCall(response, { ...body, code: 'DETECTION_BAD_REQUEST' })
    const name = captured[0] ?? ''
    const reason = shortText(body.value['reason']).trim()
    if (reason === '')
      return refuseCall(response, {
        status: 400,
        code: 'DETECTION_BAD_REQUEST',
        message: 'say why, as reason: it is recorded',
      })
    if (!this.#exchange.pardon(name)) return notFound(response, `no reporter is called ${name}`)
    const actor = actorOf(caller, body.value['actor'])
    this.#options.onAct({ op: 'reporter-pardon', actor, reason: `${name}: ${reason}` })
    await this.#options.kept()
    return answer(
      response,
      200,
      this.#exchange.reporters().find((reporter) => reporter.name === name),
    )
  }

  /** In CrowdSec's block list form: one address a line. */
  #list({ response }: Call): void {
    const text = this.#exchange
      .common()
      .map(({ value }) => `${value}\n`)
      .join('')
    response.writeHead(200, {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
    })
    response.end(text)
  }
}
