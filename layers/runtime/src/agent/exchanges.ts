import { InFlight, maxInFlight } from './in-flight.ts'
import { contextOfObject, setContextOf } from './request-context.ts'
import type { RequestContext } from './request-context.ts'

/**
 * Exchanges (RFC 9110, section 3.4) of which a message, the request or its answer, may still speak. Messages are found by
 * comparing: a property of theirs costs every request more, even if nobody asks for it. Before Node 24 frameworks that give
 * messages a prototype of their own leave V8 with a shape for each message, and all of its properties are copied whenever one
 * more is added. The oldest beyond the limit get that property after all.
 */
export class OpenExchanges {
  readonly #open = new InFlight<RequestContext>((oldest) => {
    setContextOf(oldest.request, oldest)
    setContextOf(oldest.response, oldest)
  })

  /** Adds a request that has come, and its answer. */
  add(context: RequestContext): void {
    context.openSlot = this.#open.add(context)
  }

  /** The request that a message belongs to. */
  find(message: unknown): RequestContext | undefined {
    let left = this.#open.size
    for (let back = 1; left > 0 && back <= maxInFlight; back += 1) {
      const context = this.#open.newest(back)
      if (context === undefined) continue
      if (context.request === message || context.response === message) return context
      left -= 1
    }
    return typeof message === 'object' && message !== null ? contextOfObject(message) : undefined
  }

  /** Notes that a message has closed; an exchange is forgotten once both have. */
  close(context: RequestContext, message: unknown): void {
    if (message === context.request) context.isRequestClosed = true
    else if (message === context.response) context.isAnswerClosed = true
    if (context.isRequestClosed && context.isAnswerClosed) this.#open.remove(context, context.openSlot)
  }
}

/** Those of this thread. */
export const exchanges: OpenExchanges = new OpenExchanges()
