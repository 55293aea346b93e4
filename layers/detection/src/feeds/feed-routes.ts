import { actorOf, answer, notFound, refuseCall } from '../api/call.ts'
import type { Call, Route } from '../api/call.ts'
import { readJson } from '../api/read-json.ts'
import type { Act } from '../api/services.ts'
import type { FeedAct, FeedService } from './feed-service.ts'

const acts: readonly FeedAct[] = ['refresh', 'approve', 'reject', 'rollback']

/** `GET /v1/feeds`, and `POST /v1/feeds/NAME/refresh|approve|reject|rollback` on the socket. */
export class FeedRoutes {
  readonly #feeds: FeedService
  readonly #onAct: (act: Act) => void
  readonly #publicKey: Uint8Array

  /** `publicKey`: our own, by which an exchange knows our signals. */
  constructor(feeds: FeedService, onAct: (act: Act) => void, publicKey: Uint8Array) {
    this.#feeds = feeds
    this.#onAct = onAct
    this.#publicKey = publicKey
  }

  routes(): readonly Route[] {
    return [
      {
        method: 'GET',
        path: /^\/v1\/feeds$/,
        access: 'local',
        run: ({ response }) => answer(response, 200, this.#feeds.statuses()),
      },
      {
        method: 'GET',
        path: /^\/v1\/feeds\/identity$/,
        access: 'local',
        run: ({ response }) =>
          answer(response, 200, { publicKey: Buffer.from(this.#publicKey).toString('base64') }),
      },
      {
        method: 'POST',
        path: /^\/v1\/feeds\/([\w.-]{1,64})\/([a-z]{1,16})$/,
        access: 'local',
        run: (call) => this.#act(call),
      },
    ]
  }

  async #act({ request, response, caller, captured }: Call): Promise<void> {
    const body = await readJson(request)
    if (!body.ok) return refuseCall(response, { ...body, code: 'DETECTION_BAD_REQUEST' })
    const [name = '', word = ''] = captured
    const act = acts.find((known) => known === word)
    if (act === undefined) return notFound(response)
    const isDone = await this.#feeds.act(name, act)
    if (isDone === undefined) return notFound(response, `no feed is called ${name}`)
    if (!isDone)
      return refuseCall(response, {
        status: 409,
        code: 'DETECTION_BAD_DECISION',
        message: 'nothing waits for that',
      })
    this.#onAct({ op: `feed-${act}`, actor: actorOf(caller, body.value['actor']), reason: name })
    return answer(
      response,
      200,
      this.#feeds.statuses().find((status) => status.name === name),
    )
  }
}
