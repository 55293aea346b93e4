import { isJsonObject } from '@sevenfold/event'
import { answer, refuseCall } from '../../api/call.ts'
import type { Call, Route } from '../../api/call.ts'
import { readJson } from '../../api/read-json.ts'
import type { Exchange, SignalRefusal } from './exchange.ts'

/** Most signals in one report. */
export const maxSignals = 200

/** `POST /v1/exchange/signals` for reporters, `GET /v1/exchange/list` for readers, `GET /v1/exchange/reporters` for the operator. */
export class ExchangeRoutes {
  readonly #exchange: Exchange

  constructor(exchange: Exchange) {
    this.#exchange = exchange
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
    return answer(response, 200, { taken, refused: refusals })
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
