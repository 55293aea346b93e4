import { isJsonObject } from '@sevenfold/event'
import type { Json } from '@sevenfold/event'
import { parseRange } from '../authority/address.ts'
import { parseGoDuration } from '../decisions/go-duration.ts'
import { DetectionError } from '../detection-error.ts'
import { actorOf, answer, notFound, refuseCall, shortText } from './call.ts'
import type { Call, Route } from './call.ts'
import { readBulkJson, readJson } from './read-json.ts'
import type { Services } from './services.ts'

/** Most addresses in one question. */
export const maxTargets = 10_000

const named = /^\/v1\/allowlists\/([\w.-]{1,64})$/
const items = /^\/v1\/allowlists\/([\w.-]{1,64})\/items$/

function targetsOf(value: Json | undefined): readonly string[] {
  if (!Array.isArray(value) || value.length > maxTargets || !value.every((item) => typeof item === 'string'))
    throw new DetectionError(
      'DETECTION_BAD_ALLOW_LIST',
      `a list of at most ${maxTargets} addresses or ranges is needed`,
    )
  return value
}

function checked(target: string): string {
  if (parseRange(target) === undefined)
    throw new DetectionError(
      'DETECTION_BAD_ALLOW_LIST',
      `${JSON.stringify(target.slice(0, 64))} is neither an address nor a range`,
    )
  return target
}

/** CrowdSec's allow-list endpoints, and their administration on the socket. */
export class AllowListRoutes {
  readonly #services: Services

  constructor(services: Services) {
    this.#services = services
  }

  routes(): readonly Route[] {
    return [
      { method: 'GET', path: /^\/v1\/allowlists$/, access: 'machine', run: (call) => this.#list(call) },
      {
        method: 'GET',
        path: /^\/v1\/allowlists\/check\/(.{1,64})$/,
        access: 'machine',
        run: (call) => this.#check(call),
      },
      {
        method: 'POST',
        path: /^\/v1\/allowlists\/check$/,
        access: 'machine',
        run: (call) => this.#checkMany(call),
      },
      { method: 'GET', path: named, access: 'machine', run: (call) => this.#one(call) },
      { method: 'POST', path: /^\/v1\/allowlists$/, access: 'local', run: (call) => this.#create(call) },
      { method: 'DELETE', path: named, access: 'local', run: (call) => this.#delete(call) },
      { method: 'POST', path: items, access: 'local', run: (call) => this.#change(call, 'add') },
      { method: 'DELETE', path: items, access: 'local', run: (call) => this.#change(call, 'remove') },
    ]
  }

  #list({ response, url }: Call): void {
    const withContent = url.searchParams.get('with_content') === 'true'
    const lists = this.#services.allowLists.list()
    answer(response, 200, withContent ? lists : lists.map((list) => ({ ...list, items: [] })))
  }

  #one({ response, url, captured }: Call): void {
    const list = this.#services.allowLists.get(captured[0] ?? '')
    if (list === undefined) return notFound(response, `no allow-list is called ${captured[0] ?? ''}`)
    const withContent = url.searchParams.get('with_content') !== 'false'
    answer(response, 200, withContent ? list : { ...list, items: [] })
  }

  #check({ request, response, captured }: Call): void {
    const [reason] = this.#services.allowLists.reasons(checked(decode(captured[0] ?? '')))
    if (request.method === 'HEAD') {
      response.writeHead(reason === undefined ? 204 : 200).end()
      return
    }
    answer(response, 200, { allowlisted: reason !== undefined, reason: reason ?? '' })
  }

  async #checkMany({ request, response }: Call): Promise<void> {
    const body = await readBulkJson(request)
    if (!body.ok) return refuseCall(response, { ...body, code: 'DETECTION_BAD_REQUEST' })
    const targets = targetsOf(isJsonObject(body.value) ? body.value['targets'] : undefined)
    const results = targets.flatMap((target) => {
      const allowlists = this.#services.allowLists.reasons(checked(target))
      return allowlists.length === 0 ? [] : [{ target, allowlists }]
    })
    return answer(response, 200, { results })
  }

  async #create({ request, response, caller }: Call): Promise<void> {
    const body = await readJson(request)
    if (!body.ok) return refuseCall(response, { ...body, code: 'DETECTION_BAD_REQUEST' })
    const list = this.#services.allowLists.create(
      shortText(body.value['name']),
      shortText(body.value['description']),
    )
    this.#services.onAct({
      op: 'allow-list-add',
      actor: actorOf(caller, body.value['actor']),
      reason: list.name,
    })
    return answer(response, 201, list)
  }

  async #delete({ request, response, caller, captured }: Call): Promise<void> {
    const body = await readJson(request)
    if (!body.ok) return refuseCall(response, { ...body, code: 'DETECTION_BAD_REQUEST' })
    const name = captured[0] ?? ''
    if (!this.#services.allowLists.delete(name)) return notFound(response, `no allow-list is called ${name}`)
    this.#services.onAct({
      op: 'allow-list-remove',
      actor: actorOf(caller, body.value['actor']),
      reason: name,
    })
    response.writeHead(204).end()
  }

  async #change({ request, response, caller, captured }: Call, what: 'add' | 'remove'): Promise<void> {
    const body = await readBulkJson(request)
    if (!body.ok) return refuseCall(response, { ...body, code: 'DETECTION_BAD_REQUEST' })
    const facts = isJsonObject(body.value) ? body.value : {}
    const values = targetsOf(facts['values'])
    const { allowLists, onAct } = this.#services
    const name = captured[0] ?? ''
    const duration = shortText(facts['duration'])
    const durationMs = duration === '' ? undefined : parseGoDuration(duration)
    if (duration !== '' && durationMs === undefined)
      throw new DetectionError('DETECTION_BAD_DURATION', 'duration is such as 4h or 30d')
    const list =
      what === 'remove'
        ? allowLists.remove(name, values)
        : allowLists.add(name, values, {
            description: shortText(facts['description']),
            ...(durationMs === undefined ? {} : { durationMs }),
          })
    if (list === undefined) return notFound(response, `no allow-list is called ${name}`)
    const actor = actorOf(caller, facts['actor'])
    onAct({ op: `allow-list-${what}`, actor, reason: `${name}: ${values.slice(0, 10).join(' ')}` })
    return answer(response, 200, list)
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // no address either way
  }
}
