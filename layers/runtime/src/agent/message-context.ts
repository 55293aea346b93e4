import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { StoredInputs } from './inputs/stored-inputs.ts'
import { RequestContext, currentRequest, inFlight } from './request-context.ts'

/** A message that came another way than by HTTP. */
export interface MessageInput {
  /** How it is named in events: `websocket`, `queue orders`, `grpc Method`. */
  readonly name: string
  /** What it holds: bytes, a text, or an object whose strings are inputs. */
  readonly content: unknown
  /** The request by which its connection was opened, for the client's address. */
  readonly opened?: IncomingMessage
}

function bytesOf(content: unknown): Uint8Array | undefined {
  if (typeof content === 'string') return Buffer.from(content)
  if (content instanceof Uint8Array) return content
  if (content instanceof ArrayBuffer) return new Uint8Array(content)
  if (Array.isArray(content) && content.every((part) => part instanceof Uint8Array))
    return Buffer.concat(content)
  try {
    const text = JSON.stringify(content)
    return text === undefined ? undefined : Buffer.from(text)
  } catch {
    return undefined // a message that refers to itself brings no text that we could look for
  }
}

function isJson(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => byte > 32)
  return first === 0x7b || first === 0x5b
}

function contextFor(input: MessageInput, stored: StoredInputs, type: string): RequestContext {
  const request = new IncomingMessage(input.opened?.socket ?? new Socket())
  request.method = 'MESSAGE'
  request.url = `/${encodeURIComponent(input.name)}`
  request.httpVersion = input.opened?.httpVersion ?? '1.1'
  request.headers = { ...input.opened?.headers, 'content-type': type }
  return new RequestContext(request, new ServerResponse(request), stored)
}

/** Runs the handler of a message as the handler of a request is run: with the message as its body. */
export function serveMessage<T>(input: MessageInput, stored: StoredInputs, handle: () => T): T {
  const bytes = bytesOf(input.content)
  const isObject = bytes !== undefined && isJson(bytes)
  const context = contextFor(input, stored, isObject ? 'application/json' : 'text/plain')
  if (bytes !== undefined) context.addChunk(bytes)
  context.slot = inFlight.add(context)
  try {
    return currentRequest.run(context, handle)
  } finally {
    // Later sinks of the same message know it by their promises; an event that lost it is rare after this.
    inFlight.remove(context, context.slot)
  }
}

/** Many messages that one handler serves. */
export interface MessageStream {
  /** Runs something for the stream. */
  run<T>(call: () => T): T
  /** Takes a message in before the handler sees it. */
  add(content: unknown): void
  /** No further message comes. */
  end(): void
}

/** As `serveMessage`, for messages that come one after the other: what any of them brought may reach a sink. */
export function openMessages(input: Omit<MessageInput, 'content'>, stored: StoredInputs): MessageStream {
  const context = contextFor({ ...input, content: undefined }, stored, 'application/x-ndjson')
  context.slot = inFlight.add(context)
  return {
    run: (call) => currentRequest.run(context, call),
    add: (content) => {
      const bytes = bytesOf(content)
      if (bytes !== undefined) context.addChunk(Buffer.concat([bytes, Buffer.from('\n')]))
    },
    end: () => inFlight.remove(context, context.slot),
  }
}
