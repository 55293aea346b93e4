import { readBouncerSettings } from '../bouncers/bouncer-keys.ts'
import { actorOf, answer, notFound, refuseCall, shortText } from './call.ts'
import type { Call, Route } from './call.ts'
import { readJson } from './read-json.ts'
import type { Services } from './services.ts'

/** Bouncers and the state of the layer, on the socket. */
export class AdminRoutes {
  readonly #services: Services
  readonly #forget: (bouncer: string) => void

  /** `forget` is told of bouncers that are removed. */
  constructor(services: Services, forget: (bouncer: string) => void) {
    this.#services = services
    this.#forget = forget
  }

  routes(): readonly Route[] {
    return [
      {
        method: 'GET',
        path: /^\/health$/,
        access: 'anybody',
        run: ({ response }) => answer(response, 200, { status: 'up' }),
      },
      { method: 'GET', path: /^\/v1\/status$/, access: 'local', run: (call) => this.#status(call) },
      { method: 'GET', path: /^\/v1\/bouncers$/, access: 'local', run: (call) => this.#list(call) },
      { method: 'POST', path: /^\/v1\/bouncers$/, access: 'local', run: (call) => this.#add(call) },
      {
        method: 'DELETE',
        path: /^\/v1\/bouncers\/([\w.-]{1,64})$/,
        access: 'local',
        run: (call) => this.#remove(call),
      },
    ]
  }

  #status({ response }: Call): void {
    const { store, judge, live, alerts, held, moreStatus } = this.#services
    const more = moreStatus?.() ?? {}
    // The judge's `alerts` counts what was taken since the start; `keptAlerts` are those that can be looked at.
    const kept = {
      decisions: store.size,
      version: store.version,
      listeners: live.size,
      keptAlerts: alerts.size,
      heldBans: held.size,
      heldBansLost: held.full,
    }
    answer(response, 200, { ...judge.counters(), ...kept, ...more })
  }

  #list({ response }: Call): void {
    const { bouncers, presence } = this.#services
    answer(
      response,
      200,
      bouncers.list().map((bouncer) => ({ ...bouncer, ...presence.get(`bouncer ${bouncer.name}`) })),
    )
  }

  async #add({ request, response, caller }: Call): Promise<void> {
    const body = await readJson(request)
    if (!body.ok) return refuseCall(response, { ...body, code: 'DETECTION_BAD_REQUEST' })
    const name = shortText(body.value['name'])
    const key = this.#services.bouncers.add(name, readBouncerSettings(body.value))
    this.#services.onAct({ op: 'bouncer-add', actor: actorOf(caller, body.value['actor']), reason: name })
    return answer(response, 201, { name, key })
  }

  async #remove({ request, response, caller, captured }: Call): Promise<void> {
    const body = await readJson(request)
    if (!body.ok) return refuseCall(response, { ...body, code: 'DETECTION_BAD_REQUEST' })
    const name = captured[0] ?? ''
    if (!this.#services.bouncers.delete(name)) return notFound(response, `no bouncer is called ${name}`)
    this.#services.presence.forget(`bouncer ${name}`)
    this.#forget(name)
    this.#services.onAct({ op: 'bouncer-remove', actor: actorOf(caller, body.value['actor']), reason: name })
    response.writeHead(204).end()
  }
}
