import type { JsonObject } from '@sevenfold/event'
import { canonicalAddress } from '../authority/address.ts'
import { toDecision } from '../decisions/stored-decision.ts'
import type { HeldBan } from '../desk/held-bans.ts'
import { DetectionError } from '../detection-error.ts'
import { actorOf, answer, notFound, refuseCall, shortText } from './call.ts'
import type { Call, Route } from './call.ts'
import { readJson } from './read-json.ts'
import type { Services } from './services.ts'

/** Most numbers of held bans in one request. */
export const maxHeldIds = 500

function bad(message: string): never {
  throw new DetectionError('DETECTION_BAD_HELD', message)
}

/** What a request is about: some bans by number, those on a value, those of a reporter, or all. */
function chooser(body: JsonObject): (held: HeldBan) => boolean {
  const { ids, value, reporter, all } = body
  const given = [ids, value, reporter, all].filter((one) => one !== undefined && one !== false)
  if (given.length !== 1) return bad('name exactly one of ids, value, reporter and all')
  if (ids !== undefined) {
    if (!Array.isArray(ids) || ids.length > maxHeldIds || !ids.every(Number.isSafeInteger))
      return bad(`ids is a list of at most ${maxHeldIds} numbers`)
    const wanted = new Set(ids)
    return ({ id }) => wanted.has(id)
  }
  if (all !== undefined) return all === true ? () => true : bad('all is true or left out')
  const text = value ?? reporter
  if (typeof text !== 'string' || text === '' || text.length > 256)
    return bad('value and reporter are texts of at most 256 characters')
  if (value === undefined) return (held) => held.reporter === text
  const spelled = canonicalAddress(text) ?? text
  return ({ wish }) => wish.value === spelled
}

/**
 * Bans that a limit holds back, on the socket: `GET /v1/decisions/held`, and `POST …/release` and `…/drop` with
 * `{ids | value | reporter | all, reason, actor?}`. Whoever decides says why.
 */
export class HeldRoutes {
  readonly #services: Services

  constructor(services: Services) {
    this.#services = services
  }

  routes(): readonly Route[] {
    return [
      {
        method: 'GET',
        path: /^\/v1\/decisions\/held$/,
        access: 'local',
        run: (call) => this.#list(call),
      },
      {
        method: 'POST',
        path: /^\/v1\/decisions\/held\/(release|drop)$/,
        access: 'local',
        run: (call) => this.#decide(call),
      },
    ]
  }

  #list({ response }: Call): void {
    const nowMs = this.#services.clock.now()
    answer(
      response,
      200,
      this.#services.held.list().map(({ id, wish, reporter, cause, heldMs, expiresMs }) => {
        const { uuid: _, ...decision } = toDecision({ ...wish, id, uuid: '' }, nowMs)
        const [held, expires] = [new Date(heldMs).toISOString(), new Date(expiresMs).toISOString()]
        return { ...decision, reporter, cause, held, expires }
      }),
    )
  }

  async #decide(call: Call): Promise<void> {
    const { request, response, captured, caller } = call
    const body = await readJson(request)
    if (!body.ok) return refuseCall(response, { ...body, code: 'DETECTION_BAD_REQUEST' })
    const chosen = chooser(body.value)
    const reason = shortText(body.value['reason']).trim()
    if (reason === '') return bad('say why, as reason: it is recorded')
    const { held, kept } = this.#services
    const ids = held.list().flatMap((one) => (chosen(one) ? [one.id] : []))
    if (ids.length === 0) return notFound(response, 'no such ban is held')
    const by = { actor: actorOf(caller, body.value['actor']), reason }
    const outcome = captured[0] === 'release' ? this.#release(ids, by) : this.#drop(ids, by)
    await kept()
    return answer(response, 200, outcome)
  }

  #release(ids: readonly number[], by: { actor: string; reason: string }): object {
    const { held, desk, onAct } = this.#services
    const refused: string[] = []
    let [released, inForce] = [0, 0]
    for (const { wish } of held.take(ids)) {
      const made = desk.release(wish, by.reason)
      if (typeof made === 'string') refused.push(`${wish.value}: ${made}`)
      else if (made.length === 0) inForce += 1
      else released += 1
    }
    onAct({ op: 'held-release', actor: by.actor, reason: `${released} held bans: ${by.reason}` })
    return { released, inForce, refused: refused.length, why: refused.slice(0, 100) }
  }

  #drop(ids: readonly number[], by: { actor: string; reason: string }): object {
    const { held, desk, judge, onAct } = this.#services
    const dropped = held.take(ids)
    for (const { wish } of dropped) judge.forget(wish.value)
    desk.announceDropped(dropped, by.reason)
    onAct({ op: 'held-drop', actor: by.actor, reason: `${dropped.length} held bans: ${by.reason}` })
    return { dropped: dropped.length }
  }
}
