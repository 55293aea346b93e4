import type { ServerResponse } from 'node:http'
import { DetectionError } from '../detection-error.ts'
import { toCrowdsec } from '../decisions/stored-decision.ts'
import type { StoredDecision } from '../decisions/stored-decision.ts'
import type { Bouncer } from '../bouncers/bouncer-keys.ts'
import { defaultScopes, kindOfAgent } from '../bouncers/bouncer-kind.ts'
import { BouncerStream } from './bouncer-stream.ts'
import { actorOf, answer, answerText, notFound, refuseCall, shortText } from './call.ts'
import type { Call, Route } from './call.ts'
import { decisionFilter, decisionPage, findDecisions } from './decision-filter.ts'
import { readManualDecision, readManualDecisions } from './decision-wish.ts'
import { expandRange } from './expand-ranges.ts'
import { readBulkJson, readJson } from './read-json.ts'
import { decisionRenderer, streamRenderer } from './render-decisions.ts'
import { sendText } from './send-text.ts'
import type { Services } from './services.ts'

/** Long answers at one time: each holds a list of what it still has to say. */
export const maxLongAnswers = 32
/** Answers with more decisions than this are written in pieces. */
const longAnswer = 2_000

/** Decisions of an import that are made in one change. */
const importedAtOnce = 5_000
/** Decisions in one piece of a long answer. */
const pieceDecisions = 1_024

function* listPieces(
  decisions: readonly StoredDecision[],
  render: (decision: StoredDecision) => string,
): Generator<string> {
  for (let at = 0; at < decisions.length; at += pieceDecisions) {
    const piece = decisions
      .slice(at, at + pieceDecisions)
      .map(render)
      .join(',')
    yield at === 0 ? piece : `,${piece}`
  }
}

/** CrowdSec's decision endpoints, the live stream, and decisions by hand. */
export class DecisionRoutes {
  readonly #services: Services
  readonly #stream: BouncerStream
  #longAnswers = 0

  constructor(services: Services) {
    this.#services = services
    this.#stream = new BouncerStream(services.store)
  }

  /** Forgets the places of a bouncer that was removed. */
  forget(bouncer: string): void {
    this.#stream.forget(bouncer)
  }

  routes(): readonly Route[] {
    return [
      { method: 'GET', path: /^\/v1\/decisions$/, access: 'bouncer', run: (call) => this.#list(call) },
      {
        method: 'GET',
        path: /^\/v1\/decisions\/stream$/,
        access: 'bouncer',
        run: (call) => this.#deltas(call),
      },
      {
        method: 'GET',
        path: /^\/v1\/decisions\/live$/,
        access: 'bouncer',
        run: (call) => this.#openLive(call),
      },
      {
        method: 'DELETE',
        path: /^\/v1\/decisions$/,
        access: 'machine',
        run: (call) => this.#removeMatching(call),
      },
      {
        method: 'DELETE',
        path: /^\/v1\/decisions\/(\d{1,15})$/,
        access: 'machine',
        run: (call) => this.#removeOne(call),
      },
      { method: 'POST', path: /^\/v1\/decisions$/, access: 'local', run: (call) => this.#add(call) },
      {
        method: 'POST',
        path: /^\/v1\/decisions\/import$/,
        access: 'local',
        run: (call) => this.#import(call),
      },
    ]
  }

  async #list(call: Call): Promise<void> {
    const { caller, url, response } = call
    const filter = decisionFilter(url.searchParams)
    const isLocal = caller.kind === 'local'
    const matching = await findDecisions(
      this.#services.store,
      url.searchParams,
      // People see what is simulated; bouncers would enforce it.
      (decision) => (isLocal || !decision.simulated) && filter(decision),
    )
    const found = decisionPage(matching, url.searchParams)
    // CrowdSec's API answers null where there is nothing, and its bouncers expect that.
    if (found.length === 0) return answerText(response, 200, isLocal ? '[]' : 'null')
    const render = decisionRenderer(this.#services.clock.now())
    if (found.length <= longAnswer) return answerText(response, 200, `[${found.map(render).join(',')}]`)
    await this.#sendLong(call, function* () {
      yield '['
      yield* listPieces(found, render)
      yield ']'
    })
  }

  async #deltas(call: Call): Promise<void> {
    const { request, response, url, caller } = call
    const local: Bouncer = { name: 'local', created: '' }
    const settings = caller.kind === 'bouncer' ? caller.bouncer : local
    const kind = settings.kind ?? kindOfAgent(request.headers['user-agent'] ?? '')
    const client = { bouncer: settings.name, address: request.socket.remoteAddress ?? '' }
    const startup = url.searchParams.get('startup') === 'true'
    // Refused before everything is gathered: else the refusal would cost as much as the answer.
    const isLong = this.#services.store.size > longAnswer && this.#stream.isFromStart(client, startup)
    if (isLong && request.method !== 'HEAD' && this.#longAnswers >= maxLongAnswers)
      return refuseBusy(response)
    const given = this.#stream.answer({
      client,
      startup,
      filter: decisionFilter(url.searchParams, settings.scopes ?? defaultScopes[kind]),
      dedup: url.searchParams.get('dedup') !== 'false',
    })
    // HEAD is how a key is tried; it moves nothing on.
    if (request.method === 'HEAD') return answerText(response, 200, '')
    const spell = (list: readonly StoredDecision[]): readonly StoredDecision[] =>
      settings.expandRanges === true ? list.flatMap(expandRange) : list
    const [fresh, gone] = [spell(given.new), spell(given.deleted)]
    const render = streamRenderer(this.#services.clock.now())
    if (fresh.length + gone.length <= longAnswer) {
      response.once('finish', given.commit)
      return answerText(
        response,
        200,
        `{"new":[${fresh.map(render).join(',')}],"deleted":[${gone.map(render).join(',')}]}`,
      )
    }
    const isSent = await this.#sendLong(call, function* () {
      yield '{"new":['
      yield* listPieces(fresh, render)
      yield '],"deleted":['
      yield* listPieces(gone, render)
      yield ']}'
    })
    if (isSent) given.commit()
  }

  /** Writes an answer of any length as its reader takes it; true when all of it was taken. */
  async #sendLong({ request, response }: Call, texts: () => Generator<string>): Promise<boolean> {
    if (request.method === 'HEAD') {
      answerText(response, 200, '')
      return false
    }
    if (this.#longAnswers >= maxLongAnswers) {
      refuseBusy(response)
      return false
    }
    this.#longAnswers += 1
    try {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      return await sendText(response, texts(), {
        after: (ms, run) => this.#services.clock.after(ms, run),
      })
    } finally {
      this.#longAnswers -= 1
    }
  }

  #openLive({ request, response }: Call): void {
    if (request.method === 'HEAD') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end()
      return
    }
    if (this.#services.live.open(response)) return
    refuseCall(response, { status: 503, code: 'DETECTION_TOO_MANY_LISTENERS', message: 'too many listeners' })
  }

  async #add({ request, response, caller }: Call): Promise<void> {
    const { store, gate, desk, onAct, banDurationMs, clock, allowLists } = this.#services
    const body = await readJson(request)
    if (!body.ok) return refuseBody(response, body)
    const manual = readManualDecision(body.value, { nowMs: clock.now(), defaultDurationMs: banDurationMs })
    const { wish, reason } = manual
    const admission = gate.admit(wish, { byHand: true })
    if (admission.kind === 'refused') {
      const isNever = admission.by === 'never-ban'
      throw new DetectionError(
        isNever ? 'DETECTION_NEVER_BAN' : 'DETECTION_ALLOW_LISTED',
        isNever
          ? `${wish.value} is never banned: ${admission.reason}`
          : `${wish.value} is not banned: ${admission.reason}${allowLists.reasons(wish.value).length > 0 ? '; take it from the list first' : ''}`,
      )
    }
    const made = store.addAll(admission.wishes)
    for (const decision of made) desk.announce(decision, reason === '' ? undefined : reason)
    const actor = actorOf(caller, body.value['actor'])
    onAct({ op: 'decision-add', actor, reason: `${wish.type} ${wish.value} ${reason}`.trim() })
    const [first] = made
    if (first === undefined) return notFound(response, 'nothing was left to decide')
    await this.#services.kept()
    return answer(response, 201, { ...toCrowdsec(first, clock.now()), pieces: made.length })
  }

  /** Many decisions at once, all checked, each by itself: those that may not be are counted and named, the others made. */
  async #import({ request, response, caller }: Call): Promise<void> {
    const { store, gate, onAct, banDurationMs, clock } = this.#services
    const body = await readBulkJson(request)
    if (!body.ok) return refuseBody(response, body)
    const read = readManualDecisions(body.value, { nowMs: clock.now(), defaultDurationMs: banDurationMs })
    const refused: string[] = read.refused.map((why) => why)
    let imported = 0
    for (let at = 0; at < read.wishes.length; at += importedAtOnce) {
      // Others are served between the pieces: bans that are needed now, and bouncers that ask.
      if (at > 0) await new Promise(setImmediate)
      const wishes = read.wishes.slice(at, at + importedAtOnce).flatMap((wish) => {
        const admission = gate.admit(wish)
        if (admission.kind === 'go') return admission.wishes
        refused.push(`${wish.value}: ${admission.reason}`)
        return []
      })
      imported += store.addAll(wishes).length
    }
    onAct({ op: 'decision-import', actor: actorOf(caller, read.actor), reason: `${imported} decisions` })
    await this.#services.kept()
    return answer(response, 201, {
      imported,
      refused: refused.length,
      why: refused.slice(0, 100),
    })
  }

  #end(decisions: readonly StoredDecision[], by: { actor: string; reason: string }): number {
    const { store, judge, desk, offenders } = this.#services
    const removed = store.removeAll(
      decisions.map(({ id }) => id),
      by.reason,
    )
    for (const decision of removed) {
      judge.forget(decision.value)
      offenders.forgive(decision.value)
      desk.announceEnd(decision, by.reason === '' ? `removed by ${by.actor}` : by.reason)
    }
    return removed.length
  }

  /** A machine that is not trusted takes back only what it asked for itself: else a stolen key would free everybody. */
  #mayEnd({ caller }: Call, decision: StoredDecision): boolean {
    return caller.kind !== 'machine' || caller.machine.trusted || decision.machine === caller.machine.name
  }

  async #removeOne(call: Call): Promise<void> {
    const { request, response, captured, caller } = call
    const body = await readJson(request)
    if (!body.ok) return refuseBody(response, body)
    const id = Number(captured[0])
    const decision = this.#services.store.get(id)
    if (decision === undefined) return notFound(response, `no active decision ${id}`)
    if (!this.#mayEnd(call, decision))
      return refuseCall(response, { status: 403, code: 'DETECTION_FORBIDDEN', message: 'access forbidden' })
    const [actor, reason] = [actorOf(caller, body.value['actor']), shortText(body.value['reason'])]
    this.#end([decision], { actor, reason })
    this.#services.onAct({ op: 'decision-remove', actor, reason: `${decision.value} ${reason}`.trim() })
    await this.#services.kept()
    // A text, as in CrowdSec's API.
    return answer(response, 200, { nbDeleted: '1' })
  }

  async #removeMatching(call: Call): Promise<void> {
    const { request, response, url, caller } = call
    const body = await readJson(request)
    if (!body.ok) return refuseBody(response, body)
    const filter = decisionFilter(url.searchParams)
    const matching = await findDecisions(
      this.#services.store,
      url.searchParams,
      (decision) => filter(decision) && this.#mayEnd(call, decision),
    )
    const [actor, reason] = [actorOf(caller, body.value['actor']), shortText(body.value['reason'])]
    const ended = this.#end(matching, { actor, reason })
    if (ended > 0)
      this.#services.onAct({
        op: 'decision-remove',
        actor,
        reason: `${ended} decisions ${url.search.slice(0, 200)} ${reason}`.trim(),
      })
    await this.#services.kept()
    return answer(response, 200, { nbDeleted: String(ended) })
  }
}

function refuseBusy(response: ServerResponse): void {
  response.setHeader('retry-after', '5')
  refuseCall(response, { status: 503, code: 'DETECTION_BUSY', message: 'too many long answers at one time' })
}

function refuseBody(response: ServerResponse, body: { status: number; message: string }): void {
  refuseCall(response, { status: body.status, code: 'DETECTION_BAD_REQUEST', message: body.message })
}
