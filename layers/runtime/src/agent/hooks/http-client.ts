import dns from 'node:dns'
import http from 'node:http'
import type { RequestOptions } from 'node:http'
import https from 'node:https'
import net from 'node:net'
import type { OutgoingGuard } from '../outgoing-guard.ts'
import type { Outgoing } from '../judges/judge-address.ts'
import { currentRequest, setContextOf } from '../request-context.ts'
import { patch, rejected } from './patch.ts'
import type { AnyFunction } from './patch.ts'

type Lookup = (host: string, options: unknown, callback: AnyFunction) => void

function optionsOf(args: readonly unknown[]): Partial<RequestOptions> {
  const candidate = typeof args[0] === 'string' || args[0] instanceof URL ? args[1] : args[0]
  return typeof candidate === 'object' && candidate !== null ? candidate : {}
}

function outgoingOf(args: readonly unknown[]): Outgoing {
  const [first] = args
  const options = optionsOf(args)
  const base = typeof first === 'string' && URL.canParse(first) ? new URL(first) : first
  const url = base instanceof URL ? base : undefined
  const host = String(options.hostname ?? options.host ?? url?.hostname ?? 'localhost')
  const form = `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}`
  // Spellings such as 0177.1 or 2130706433 are addresses to the resolver.
  const written = URL.canParse(form) ? new URL(form).hostname : host
  return { host: written, port: String(options.port ?? url?.port ?? '') }
}

/** A lookup that refuses answers with inner addresses. */
function guardedLookup(guard: OutgoingGuard, original: Lookup): Lookup {
  // Connections are made for nobody (see `hookWire`); the answer is asked about for who is served now.
  const context = currentRequest.getStore()
  const check = (address: unknown): unknown => guard.checkAddress('dns.lookup', String(address))
  return (host, options, callback) => {
    original(host, options, (error: unknown, answer: unknown, family: unknown) => {
      const addresses = Array.isArray(answer)
        ? answer.map((one: { address: string }) => one.address)
        : [String(answer)]
      const refusal =
        error === null || error === undefined
          ? addresses
              .map((address) => currentRequest.call(context, check, undefined, [address]))
              .find((one) => one !== null)
          : undefined
      if (refusal === undefined) callback(error, answer, family)
      else callback(refusal)
    })
  }
}

/** Options of a request that ends with an error before it connects, as one to a closed port does. */
function refusedOptions(error: Error): RequestOptions {
  return {
    host: '127.0.0.1',
    createConnection: (_options, done) => {
      process.nextTick(done, error)
      return undefined
    },
  }
}

function callbackOf(args: readonly unknown[]): AnyFunction | undefined {
  const last = args.at(-1)
  return typeof last === 'function' ? (last as AnyFunction) : undefined
}

function guardArguments(args: unknown[], guard: OutgoingGuard): unknown[] {
  const options = optionsOf(args)
  const own = options as { readonly lookup?: Lookup }
  const guarded = { ...options, lookup: guardedLookup(guard, own.lookup ?? (dns.lookup as Lookup)) }
  const callback = callbackOf(args)
  const first = typeof args[0] === 'string' || args[0] instanceof URL ? [args[0]] : []
  return [...first, guarded, ...(callback === undefined ? [] : [callback])]
}

function wrapRequest(guard: OutgoingGuard, sink: string): (request: AnyFunction) => AnyFunction {
  return (request) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const context = currentRequest.getStore()
      if (context === undefined) return request.apply(this, args)
      const refusal = guard.check(sink, outgoingOf(args))
      if (refusal !== null) {
        const failing = request.call(this, refusedOptions(refusal)) as http.ClientRequest
        failing.on('error', () => undefined) // without a listener the event would end the process
        return failing
      }
      const outgoing = request.apply(this, context.guardsAddresses ? guardArguments(args, guard) : args)
      if (outgoing instanceof http.ClientRequest) setContextOf(outgoing, context)
      return outgoing
    }
}

/** A socket that an input sends to an inner host by itself, below every client; undefined for all others. */
function refusedSocket(guard: OutgoingGuard, options: unknown, socket: unknown): unknown {
  const { host, port } = (typeof options === 'object' && options !== null ? options : {}) as Partial<Outgoing>
  if (typeof host !== 'string') return undefined
  const refusal = guard.check('net.Socket.connect', { host, port: String(port ?? '') })
  if (refusal === null) return undefined
  process.nextTick(() => (socket as net.Socket).destroy(refusal))
  return socket
}

/** A session to a host of another's choice fails as one that cannot connect. */
function wrapSession(guard: OutgoingGuard): (connect: AnyFunction) => AnyFunction {
  return (connect) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const refusal = guard.checkUrl('http2.connect', args[0])
      if (refusal === null) return connect.apply(this, args)
      const [authority, options, listener] = args
      const given = typeof options === 'object' && options !== null ? options : {}
      const failing = new net.Socket()
      process.nextTick(() => failing.destroy(refusal))
      const session = connect.call(this, authority, { ...given, createConnection: () => failing }, listener)
      ;(session as net.Socket).on('error', () => undefined) // without a listener the event would end the process
      return session
    }
}

/** The connections of fetch: redirects and names are followed inside it. */
function wrapConnect(guard: OutgoingGuard): (connect: AnyFunction) => AnyFunction {
  return (connect) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const context = currentRequest.getStore()
      if (context === undefined) return connect.apply(this, args)
      const list = Array.isArray(args[0]) ? (args[0] as unknown[]) : args
      const refused = refusedSocket(guard, list[0], this)
      if (refused !== undefined) return refused
      if (!context.guardsAddresses) return connect.apply(this, args)
      const options = list[0] as { host?: unknown; highWaterMark?: unknown; lookup?: Lookup } | null
      // Only fetch sets a buffer size; connections to databases and the like go where the application was built to go.
      if (typeof options !== 'object' || options === null || options.highWaterMark === undefined)
        return connect.apply(this, args)
      const host = typeof options.host === 'string' ? options.host : 'localhost'
      if (net.isIP(host) === 0) {
        const lookup = guardedLookup(guard, options.lookup ?? (dns.lookup as Lookup))
        if (!Reflect.set(options, 'lookup', lookup)) list[0] = { ...options, lookup } // frozen options
        return connect.apply(this, args)
      }
      const refusal = guard.checkAddress('net.Socket.connect', host)
      if (refusal === null) return connect.apply(this, args)
      const socket = this as net.Socket
      process.nextTick(() => socket.destroy(refusal))
      return socket
    }
}

let areAnswersHooked = false

/** Reading the body of an answer is as much work inside of Node. The class is loaded by the first `fetch`. */
function hookAnswers(): void {
  if (areAnswersHooked) return
  areAnswersHooked = true
  for (const name of ['arrayBuffer', 'blob', 'json', 'text'])
    patch(
      Response.prototype,
      name,
      (read) =>
        function (this: unknown): unknown {
          return currentRequest.call(undefined, read, this, [])
        },
    )
}

/** Outgoing HTTP requests. */
export function hookHttpClient(guard: OutgoingGuard): void {
  for (const [module, name] of [
    [http, 'http'],
    [https, 'https'],
  ] as const) {
    patch(module, 'request', wrapRequest(guard, `${name}.request`))
    patch(module, 'get', wrapRequest(guard, `${name}.get`))
  }
  patch(
    globalThis,
    'fetch',
    (fetch) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const refusal = guard.checkUrl('fetch', args[0])
        if (refusal !== null) return rejected(refusal)
        // Node makes fifty promises for each: nobody needs to follow them when no input names a host, and so none of the
        // connections and redirects inside can be of its choice. Who awaits the answer is followed by its own promises.
        const context = currentRequest.getStore()
        if (currentRequest.isFramed || context?.isPlain() !== true) return fetch.apply(this, args)
        hookAnswers()
        return currentRequest.call(undefined, fetch, this, args)
      },
  )
  patch(net.Socket.prototype, 'connect', wrapConnect(guard))
}

/** Outgoing HTTP/2 sessions. */
export function hookHttp2Client(guard: OutgoingGuard, http2: unknown): void {
  patch(http2, 'connect', wrapSession(guard))
}
