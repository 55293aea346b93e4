import { isJsonObject } from '@sevenfold/event'
import { actorOf, answer, notFound, refuseCall, shortText } from './call.ts'
import type { Call, Route } from './call.ts'
import { readBulkJson, readJson } from './read-json.ts'
import type { Services } from './services.ts'

// A machine that shows a certificate is called NAME@ADDRESS; both signs may come encoded.
const machinePath = /^\/v1\/machines\/((?:[\w.@:-]|%40|%3A){1,128})$/i

/** CrowdSec's endpoints for machines, its usage metrics, and the administration of machines on the socket. */
export class WatcherRoutes {
  readonly #services: Services

  constructor(services: Services) {
    this.#services = services
  }

  routes(): readonly Route[] {
    return [
      { method: 'POST', path: /^\/v1\/watchers$/, access: 'anybody', run: (call) => this.#register(call) },
      {
        method: 'POST',
        path: /^\/v1\/watchers\/login$/,
        access: 'anybody',
        run: (call) => this.#login(call),
      },
      { method: 'GET', path: /^\/v1\/refresh_token$/, access: 'machine', run: (call) => this.#refresh(call) },
      {
        method: 'DELETE',
        path: /^\/v1\/watchers\/self$/,
        access: 'machine',
        run: (call) => this.#leave(call),
      },
      // Seen for every request of a machine; this one is for a machine with nothing else to say.
      {
        method: 'GET',
        path: /^\/v1\/heartbeat$/,
        access: 'machine',
        run: ({ response }) => answer(response, 200, null),
      },
      { method: 'POST', path: /^\/v1\/usage-metrics$/, access: 'either', run: (call) => this.#metrics(call) },
      { method: 'GET', path: /^\/v1\/machines$/, access: 'local', run: (call) => this.#list(call) },
      { method: 'POST', path: /^\/v1\/machines$/, access: 'local', run: (call) => this.#add(call) },
      {
        method: 'POST',
        path: machinePath,
        access: 'local',
        run: (call) => this.#change(call),
      },
      {
        method: 'DELETE',
        path: machinePath,
        access: 'local',
        run: (call) => this.#remove(call),
      },
    ]
  }

  async #register({ request, response }: Call): Promise<void> {
    const body = await readJson(request)
    if (!body.ok) return refuseCall(response, { ...body, code: 'DETECTION_BAD_REQUEST' })
    const { machine_id, password, registration_token } = body.value
    if (typeof machine_id !== 'string' || typeof password !== 'string')
      return refuseCall(response, {
        status: 400,
        code: 'DETECTION_BAD_MACHINE',
        message: 'machine_id and password are text',
      })
    const token = typeof registration_token === 'string' ? registration_token : ''
    const machine = await this.#services.machines.register(machine_id, password, token)
    this.#services.onAct({
      op: 'machine-register',
      actor: `machine ${machine.name}`,
      reason: machine.validated ? 'with the registration token' : 'waits to be accepted',
    })
    response.writeHead(machine.validated ? 202 : 201).end()
  }

  async #login({ request, response, agent }: Call): Promise<void> {
    const body = await readJson(request)
    if (!body.ok) return refuseCall(response, { ...body, code: 'DETECTION_BAD_REQUEST' })
    if (agent !== undefined) {
      const given = await this.#services.machines.loginByCertificate(agent)
      if (given.isNew)
        this.#services.onAct({ op: 'machine-add', actor: `machine ${agent}`, reason: 'by its certificate' })
      return answer(response, 200, { code: 200, token: given.token, expire: given.expire })
    }
    const { machine_id, password } = body.value
    if (typeof machine_id !== 'string' || typeof password !== 'string')
      return refuseCall(response, {
        status: 400,
        code: 'DETECTION_BAD_MACHINE',
        message: 'machine_id and password are text',
      })
    const login = await this.#services.machines.login(machine_id, password)
    // CrowdSec's own words: its agents look for them.
    if (login === undefined)
      return answer(response, 403, { code: 403, message: 'incorrect Username or Password' })
    return answer(response, 200, { code: 200, ...login, expire: login.expire })
  }

  #refresh({ response, caller }: Call): void {
    const login = caller.kind === 'machine' ? this.#services.machines.refresh(caller.machine.name) : undefined
    if (login === undefined) return notFound(response, 'the socket has no token')
    return answer(response, 200, { code: 200, ...login })
  }

  #leave({ response, caller }: Call): void {
    if (caller.kind !== 'machine') return notFound(response, 'the socket is no machine')
    this.#delete(caller.machine.name, actorOf(caller, undefined))
    response.writeHead(204).end()
  }

  #delete(name: string, actor: string): boolean {
    const { machines, presence, onAct } = this.#services
    if (!machines.delete(name)) return false
    presence.forget(`machine ${name}`)
    onAct({ op: 'machine-remove', actor, reason: name })
    return true
  }

  async #metrics({ request, response, caller }: Call): Promise<void> {
    const body = await readBulkJson(request)
    if (!body.ok) return refuseCall(response, { ...body, code: 'DETECTION_BAD_REQUEST' })
    const isWhole =
      isJsonObject(body.value) &&
      ['remediation_components', 'log_processors'].some(
        (key) => isJsonObject(body.value) && Array.isArray(body.value[key]),
      )
    if (!isWhole)
      return refuseCall(response, {
        status: 400,
        code: 'DETECTION_BAD_REQUEST',
        message: 'usage metrics have remediation_components or log_processors',
      })
    const name =
      caller.kind === 'bouncer'
        ? `bouncer ${caller.bouncer.name}`
        : caller.kind === 'machine'
          ? `machine ${caller.machine.name}`
          : ''
    // What is kept for people to look at is bounded; counters come again with the next report.
    const isSmall = JSON.stringify(body.value).length <= 262_144
    if (name !== '')
      this.#services.presence.note(
        name,
        { address: request.socket.remoteAddress ?? '', agent: request.headers['user-agent'] ?? '' },
        isSmall ? body.value : undefined,
      )
    return answer(response, 201, { message: 'metrics were taken' })
  }

  #list({ response }: Call): void {
    const { machines, presence } = this.#services
    return answer(
      response,
      200,
      machines.list().map((machine) => ({ ...machine, ...presence.get(`machine ${machine.name}`) })),
    )
  }

  async #add({ request, response, caller }: Call): Promise<void> {
    const body = await readJson(request)
    if (!body.ok) return refuseCall(response, { ...body, code: 'DETECTION_BAD_REQUEST' })
    const [name, password] = [shortText(body.value['name']), shortText(body.value['password'])]
    const trusted = body.value['trusted'] === true
    const made = await this.#services.machines.add(name, {
      trusted,
      ...(password === '' ? {} : { password }),
    })
    const actor = actorOf(caller, body.value['actor'])
    this.#services.onAct({ op: 'machine-add', actor, reason: `${name}${trusted ? ', trusted' : ''}` })
    return answer(response, 201, { name, password: made.password, trusted })
  }

  async #change({ request, response, caller, captured }: Call): Promise<void> {
    const body = await readJson(request)
    if (!body.ok) return refuseCall(response, { ...body, code: 'DETECTION_BAD_REQUEST' })
    const { validated, trusted } = body.value
    const rights = {
      ...(typeof validated === 'boolean' ? { validated } : {}),
      ...(typeof trusted === 'boolean' ? { trusted } : {}),
    }
    const name = decodeURIComponent(captured[0] ?? '')
    const machine = this.#services.machines.change(name, rights)
    if (machine === undefined) return notFound(response, `no machine is called ${name}`)
    const actor = actorOf(caller, body.value['actor'])
    this.#services.onAct({ op: 'machine-change', actor, reason: `${machine.name} ${JSON.stringify(rights)}` })
    return answer(response, 200, machine)
  }

  async #remove({ request, response, caller, captured }: Call): Promise<void> {
    const body = await readJson(request)
    if (!body.ok) return refuseCall(response, { ...body, code: 'DETECTION_BAD_REQUEST' })
    const name = decodeURIComponent(captured[0] ?? '')
    if (!this.#delete(name, actorOf(caller, body.value['actor'])))
      return notFound(response, `no machine is called ${name}`)
    response.writeHead(204).end()
  }
}
