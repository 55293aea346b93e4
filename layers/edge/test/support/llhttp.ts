import type { Buffer } from 'node:buffer'
import { createRequire } from 'node:module'

/** What Node's own parser (llhttp) made of the bytes of one connection. */
export interface LlhttpSeen {
  readonly requests: { method: string; target: string; body: string; complete: boolean }[]
  /** llhttp's error code, or empty. */
  readonly error: string
}

interface RawParser {
  initialize(type: number, resource: object, maxHeaderSize?: number): void
  execute(bytes: Buffer): number | Error
  [callback: number]: unknown
}
interface RawParserClass {
  new (): RawParser
  readonly REQUEST: number
  readonly kOnHeaders: number
  readonly kOnHeadersComplete: number
  readonly kOnBody: number
  readonly kOnMessageComplete: number
}

// Not public API, but the only way to run llhttp itself without a socket and an event loop turn for each input.
const common = createRequire(import.meta.url)('_http_common') as {
  readonly HTTPParser: RawParserClass
  readonly methods: readonly string[]
}

/** Runs llhttp in its strict mode over `bytes`. */
export function runLlhttp(bytes: Buffer): LlhttpSeen {
  const { HTTPParser, methods } = common
  const requests: LlhttpSeen['requests'] = []
  const parser = new HTTPParser()
  parser.initialize(HTTPParser.REQUEST, {}, 65_536)
  // Over 32 headers come in several calls, and the target with the first of them.
  let early = ''
  parser[HTTPParser.kOnHeaders] = (_headers: unknown, target: unknown) => {
    early += typeof target === 'string' ? target : ''
  }
  parser[HTTPParser.kOnHeadersComplete] = (...args: unknown[]) => {
    const [, , , method, target] = args
    requests.push({
      method: methods[Number(method)] ?? '',
      target: early === '' ? String(target) : early,
      body: '',
      complete: false,
    })
    early = ''
    return 0
  }
  parser[HTTPParser.kOnBody] = (piece: Buffer) => {
    const last = requests.at(-1)
    if (last !== undefined) last.body += piece.toString('latin1')
  }
  parser[HTTPParser.kOnMessageComplete] = () => {
    early = '' // trailers come through kOnHeaders too
    const last = requests.at(-1)
    if (last !== undefined) last.complete = true
  }
  const result = parser.execute(bytes)
  const error = result instanceof Error ? String(Reflect.get(result, 'code') ?? result.message) : ''
  return { requests, error }
}
